import { spawnSync, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Lab } from './lib/lab.ts';
if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
  const { status } = spawnSync('tools/sandbox.sh', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const lab = await Lab.open(false);
const [p] = lab.people(1);
writeFileSync('/root/pw', `${p!.password}\n`);
for (let i = 0; i < 4; i++) {
  const y = Number(execFileSync('build/bench/yescrypt-rate', ['2', '2'])) / 2;
  const f = performance.now();
  execFileSync('sh', ['-c', `seq 160 | xargs -P 8 -I{} sh -c 'exec pamtester vestibule ${p!.name} authenticate acct_mgmt </root/pw >/dev/null 2>&1'`]);
  const r = 160000 / (performance.now() - f);
  console.log('pamtester', r.toFixed(1), 'yescrypt half', y.toFixed(1), (r / y).toFixed(2));
}
process.exit();
