/** Debian packages for the sandbox only: into build/debs, with what they need; the machine does not get them. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runProgram, runStep, say } from '../start/report.mjs';

export async function downloadPackages(names, into = 'build/debs') {
  const directory = resolve(into);
  /** The names that the directory has; written last. */
  const stamp = `${directory}/names.txt`;
  const wanted = names.join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await runStep(`packages for the sandbox: ${names.join(', ')}`, () => {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(`${directory}/partial`, { recursive: true });
    downloadOnceMore(names, directory);
    writeFileSync(stamp, wanted);
  });
}

/** The lists of a machine may be old, or missing; a download may fail once. */
function downloadOnceMore(names, directory) {
  try {
    download(names, directory);
  } catch (error) {
    say(`  ${error.message.split('\n')[0]}, trying once more`);
    runProgram('apt-get', ['update', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2']);
    download(names, directory);
  }
}

function download(names, directory) {
  runProgram('apt-get', [
    ...['install', '--download-only', '--no-install-recommends', '-y'],
    ...['-o', `Dir::Cache::archives=${directory}`],
    ...['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=2'],
    ...names,
  ]);
}
