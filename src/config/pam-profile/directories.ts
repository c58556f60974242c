/** Where libpam looks for profiles; the last directory depends on the distribution. */
import type { Directories } from './load-file.ts';

const USUAL = ['/etc/pam.d', '/usr/lib/pam.d'] as const;

export function profileDirectories(distribution: string | null): Directories {
  const name = distribution?.toLowerCase() ?? '';
  if (/suse|sles|sled/.test(name)) return [...USUAL, '/usr/etc/pam.d'];
  if (/debian|ubuntu/.test(name)) return USUAL;
  return [...USUAL, '/usr/share/pam.d'];
}
