/**
 * Debian packages that tests need and a machine must not get, because their scripts rewrite /etc/pam.d/common-* and
 * start services. They are unpacked without any script, which takes 2 s; with dpkg -i it takes 30 s.
 */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';

const DEBS = 'build/debs';
/** systemd whole, for a machine that boots. */
export const SYSTEMD_DEBS = 'build/debs-systemd';
const UNREAD = ['man', 'doc', 'locale'].map((name) => `--exclude=./usr/share/${name}`).join(' ');

/** Into the sandbox, or a root in it, from what tools/test/first.mjs downloaded. */
export function unpackPackages(from = DEBS, root = '/'): void {
  if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
    throw new Error('wanted the sandbox, got this machine: run it with tools/sandbox.sh');
  }
  const debs = globSync(`${from}/*.deb`);
  if (debs.length === 0) throw new Error(`no .deb in ${from}: node tools/test/first.mjs`);
  // /lib and /bin are links, which a package's directories of these names must not replace.
  const unpack = `dpkg-deb --fsys-tarfile "$1" | tar -x -C ${root} --keep-directory-symlink ${UNREAD}`;
  execFileSync('xargs', ['-n1', '-P2', 'sh', '-c', unpack, 'sh'], { input: debs.join('\n') });
  execFileSync('ldconfig', ['-r', root]);
}
