import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { atOnce, numbers } from './lib/at-once.ts';
import { Lab } from './lib/lab.ts';
import { openWire, signInOn } from './lib/wire-sign-in.ts';
if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
  const { status } = spawnSync('tools/sandbox.sh', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const lab = await Lab.open(true);
const accounts = lab.people(8);
const cpu = (pid: number) => readdirSync(`/proc/${pid}/task`).reduce((s, t) => s + Number(readFileSync(`/proc/${pid}/task/${t}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
const stat = () => readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/).slice(1).map(Number);
await lab.serve(async () => {
  for (let round = 0; round < 4; round++) {
    const wires = await atOnce(8, numbers(160), openWire);
    const b = ['broker', 'gateway', 'rootd'].map((s) => cpu(lab.product.pidOf(s as any)));
    const me = process.cpuUsage();
    const s0 = stat();
    const f = performance.now();
    await atOnce(8, wires, (wire, i) => signInOn(wire, accounts[i % 8]!));
    const took = performance.now() - f;
    const s1 = stat();
    const m = process.cpuUsage(me);
    const d = s1.map((x, i) => (x - s0[i]!) * 10 / 160);
    const a = ['broker', 'gateway', 'rootd'].map((s, i) => ((cpu(lab.product.pidOf(s as any)) - b[i]!) / 160).toFixed(2));
    console.log('rate', (160000 / took).toFixed(1), 'broker,gateway,rootd ms', a.join(' '), 'client', ((m.user + m.system) / 160000).toFixed(2), 'machine user', d[0]!.toFixed(1), 'sys', d[2]!.toFixed(1), 'idle', d[3]!.toFixed(1), 'irq', (d[5]! + d[6]!).toFixed(1), 'steal', d[7]!.toFixed(1));
    for (const w of wires) w.close();
  }
});
process.exit();
