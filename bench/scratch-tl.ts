import { spawnSync, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { BrokerLink, ticketOf } from './lib/broker-link.ts';
import { Wire } from './lib/wire.ts';
import { Lab } from './lib/lab.ts';
import { sealAll } from '../test/lib/client.ts';
if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
  const { status } = spawnSync('tools/sandbox.sh', [process.execPath, ...process.argv.slice(1)], { stdio: 'inherit' });
  process.exit(status ?? 1);
}
const what = process.argv[2];
const lab = await Lab.open(true);
const people = lab.people(1);
await lab.serve(async () => {
  if (process.argv[3]) for (const one of ['broker', 'gateway'] as const) setPriority(lab.product.pidOf(one), Number(process.argv[3]));
  const { name, password } = people[0]!;
  const signIn = async () => {
    const wire = await Wire.open(new URL('https://127.0.0.1:8787/'));
    const asked = await wire.post('/api/sign-in', { user: name });
    const step = JSON.parse(asked.body);
    const answers = sealAll(name, step, [Buffer.from(password)]);
    const answered = await wire.post(`/api/sign-in/${step.conversation}`, { answers }, asked.cookie);
    wire.close();
    return [asked.took, answered.took];
  };
  const ticket = ticketOf(await lab.signIn(people[0]!));
  const broker = await BrokerLink.connect();
  const one = async () => { const f = performance.now(); const id = await broker.start(ticket); const t = performance.now() - f; await broker.end(ticket, id); return [t, 0]; };
  const act = what === 'open' ? one : signIn;
  for (let i = 0; i < 100; i++) await act();
  const a: number[] = [], b: number[] = [];
  for (let i = 0; i < 800; i++) { const [x, y] = await act(); a.push(x!); b.push(y!); }
  const m = (v: number[]) => v.sort((p, q) => p - q) && `${v[0]!.toFixed(2)} ${v[v.length >> 1]!.toFixed(2)}`;
  console.log('first', m(a), 'second', m(b));
});
process.exit();
