/** Installs Debian packages that a minimal system lacks: a C compiler, the headers of PAM and libsodium, openssl. */
import { spawnSync } from 'node:child_process';
import { recordChange } from './changes.mjs';
import { runProgram, runStep, say } from './report.mjs';

const WANTED = [
  'gcc',
  'libc6-dev',
  'libpam0g-dev',
  'libsodium-dev',
  'make',
  'openssl',
  'pkg-config',
];

export async function installSystemPackages() {
  const before = installedPackages();
  if (WANTED.every((name) => before.has(name))) return;
  try {
    await installMissing(WANTED, before);
  } finally {
    recordChange(
      'packages',
      [...installedPackages()].filter((name) => !before.has(name)),
    );
  }
}

/** Packages for the tests are not recorded: uninstall does not remove them. */
export async function installTestPackages(names) {
  await installMissing([...WANTED, ...names], installedPackages());
}

async function installMissing(names, installed) {
  const missing = names.filter((name) => !installed.has(name));
  if (missing.length === 0) return;
  await runStep(`system packages: ${missing.join(', ')}`, () => installOnceMore(missing));
}

/** A download may fail once. */
function installOnceMore(names) {
  try {
    install(names);
  } catch (error) {
    say(`  ${error.message.split('\n')[0]}, trying once more`);
    install(names);
  }
}

function install(names) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-y', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'];
  runProgram('apt-get', ['update', ...options], { env });
  runProgram('apt-get', ['install', '--no-install-recommends', ...options, ...names], { env });
}

/** Names without the architecture. */
function installedPackages() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: fields of dpkg-query
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\n'], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('installed '));
  return new Set(lines.map((line) => line.slice('installed '.length)));
}
