/** Removes the Debian packages that set-up installed, unless other packages need them now. */
import { forgetChange } from './changes.mjs';
import { runProgram, say } from './report.mjs';

export function removePackages(names) {
  if (names.length === 0) return;
  const plan = runProgram('apt-get', ['purge', '--simulate', ...names]);
  const others = [...plan.matchAll(/^(?:Purg|Remv) ([^ :]+)/gm)]
    .map(([, name]) => name)
    .filter((name) => !names.includes(name));
  if (others.length > 0) {
    say(`Debian packages are not removed, because other packages need them: ${others.join(' ')}`);
    return;
  }
  runProgram('apt-get', ['purge', '-y', ...names], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  for (const name of names) forgetChange('packages', name);
}
