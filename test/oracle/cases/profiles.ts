/** Whole profiles, as distributions ship them, each taken by all programs. */
import { existsSync, readFileSync } from 'node:fs';
import type { Case } from '../case.ts';
import { forgetLastLogins } from './programs.ts';

const PROFILES: readonly { readonly name: string; readonly path: string }[] = [
  { name: 'Debian’s su', path: '/etc/pam.d/su' },
  { name: 'Debian’s su -', path: '/etc/pam.d/su-l' },
  { name: 'Debian’s login', path: '/etc/pam.d/login' },
  { name: 'Debian’s sshd', path: '/etc/pam.d/sshd' },
  { name: 'vestibule-session', path: 'packaging/pam.d/debian/vestibule-session' },
];

/** After the packages are there, before any of these files is replaced. */
export function readProfiles(): Case[] {
  return PROFILES.filter(({ path }) => existsSync(path)).map(({ name, path }) => ({
    name,
    stack: ['auth sufficient pam_rootok.so', ...linesOf(path)],
    second: true,
    reset: forgetLastLogins,
    shows: { outcome: 'let in', umask: /^0\d{3}$/ },
  }));
}

/** Files that are replaced cannot be included: what they have stands in the place of such a line. */
function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#') && !/^auth.*pam_rootok/.test(line))
    .flatMap((line) => {
      const [, type, of] = /^(\S+)\s+include\s+(su)$/.exec(line) ?? [];
      if (type === undefined) return [line];
      return linesOf(`/etc/pam.d/${of}`).filter(
        (other) => other.startsWith(type) || other.startsWith(`@include common-${type}`),
      );
    });
}
