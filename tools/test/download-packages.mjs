/** Downloads Debian packages and their dependencies into build/debs, for the sandbox only; they are not installed on the machine. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runProgram, runStep, say } from '../start/report.mjs';

export async function downloadPackages(names, into = 'build/debs') {
  const directory = resolve(into);
  /** File with the names of the downloaded packages; written last. */
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

/** The package lists of the machine may be old or missing, and a download may fail once. */
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
