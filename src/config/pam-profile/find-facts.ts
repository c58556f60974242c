/** Looks up the facts of a root directory, each when a rule first needs it. */
import type { Facts } from './facts.ts';
import type { RootFiles } from './root-files.ts';

const MODULE_DIRECTORIES = ['/usr/lib64/security', '/lib64/security', '/usr/lib/security'];
const PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** stated: facts from the facts file or the configuration; these are not looked up. */
export function findFacts(files: RootFiles, stated: Partial<Facts> = {}): Facts {
  const live = files.root === '';
  // Whether something runs is known only for this machine.
  const running = (path: string): boolean | null => (live ? files.exists(path) : null);
  const find: { readonly [key in keyof Facts]: (facts: Facts) => Facts[key] } = {
    auth_pam_sessions_use_password: () => false,
    distribution: () => osRelease(files, 'ID'),
    linux_pam: () =>
      packagesOf(files)
        ?.get('libpam0g')
        ?.replace(/^\d+:|[-+].*$/g, '') ?? null,
    at_include_supported: ({ distribution }) => isDebian(files, distribution),
    modules_dir: () => findModulesDirectory(files),
    modules: ({ modules_dir }) => (modules_dir === null ? null : files.list(modules_dir)),
    systemd_booted: () => running('/run/systemd/system'),
    dbus: () => running('/run/dbus/system_bus_socket'),
    auditd: () => running('/run/auditd.pid'),
    selinux: () => running('/sys/fs/selinux/enforce'),
    packages: () => namesOf(packagesOf(files)),
    sssd: () => (files.isWhole() ? files.exists('/etc/sssd/sssd.conf') : null),
    // A directory that holds profiles only says nothing about programs.
    pmvarrun: () =>
      files.isWhole() ? PATH.some((path) => files.exists(`${path}/pmvarrun`)) : null,
    accounts_with_empty_password: () => findEmptyPasswords(files),
    auth_by: () => 'pam',
  };
  const facts = {} as Facts;
  for (const key of Object.keys(find) as (keyof Facts)[]) {
    let known: unknown = stated[key];
    const get = (): unknown => {
      known = known === undefined ? find[key](facts) : known;
      return known;
    };
    Object.defineProperty(facts, key, { get, enumerable: true });
  }
  return facts;
}

function osRelease(files: RootFiles, key: string): string | null {
  const found = ['/etc/os-release', '/usr/lib/os-release'].map((path) => files.read(path));
  for (const file of found) {
    const text = file.kind === 'text' ? file.text : '';
    const value = text.split('\n').find((line) => line.startsWith(`${key}=`));
    if (value !== undefined) return value.slice(key.length + 1).replace(/^["']|["']$/g, '');
  }
  return null;
}

/** Whether libpam is that of Debian or of a distribution derived from it. */
function isDebian(files: RootFiles, distribution: string | null): boolean | null {
  if (distribution === null) return null;
  const like = `${distribution} ${osRelease(files, 'ID_LIKE') ?? ''}`.toLowerCase();
  return /\b(debian|ubuntu)\b/.test(like);
}

function findModulesDirectory(files: RootFiles): string | null {
  const multiarch = (files.list('/usr/lib') ?? [])
    .filter((name) => name.includes('-linux-gnu'))
    .map((name) => `/usr/lib/${name}/security`);
  const found = [...multiarch, ...MODULE_DIRECTORIES];
  return found.find((directory) => files.exists(`${directory}/pam_unix.so`)) ?? null;
}

/** Names and versions of the packages that dpkg has installed; null where there is no dpkg. */
function packagesOf(files: RootFiles): Map<string, string> | null {
  const status = readDpkgStatus(files);
  if (status === null) return null;
  const packages = new Map<string, string>();
  for (const paragraph of status.split('\n\n')) {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    if (name !== undefined && version !== undefined && /^Status: .* installed$/m.test(paragraph))
      packages.set(name, version);
  }
  return packages;
}

function namesOf(packages: ReadonlyMap<string, string> | null): string[] | null {
  return packages === null ? null : [...packages.keys()];
}

function readDpkgStatus(files: RootFiles): string | null {
  const found = files.read('/var/lib/dpkg/status', 64 * 1_048_576);
  return found.kind === 'text' ? found.text : null;
}

function findEmptyPasswords(files: RootFiles): string[] | null {
  const shadow = files.read('/etc/shadow', 16 * 1_048_576);
  if (shadow.kind !== 'text') return null;
  const fields = shadow.text.split('\n').map((line) => line.split(':'));
  return fields.filter(([name, word]) => name !== '' && word === '').map(([name]) => name!);
}
