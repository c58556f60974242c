/** After a sign-in no process of ours has a copy of the password, in any shape; a planted one would be found. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { makeAccount } from '../lib/accounts.ts';
import { WebClient } from '../lib/client.ts';
import { ownProcesses, startWith, stopAll } from '../lib/intruder.ts';
import { scanProcess, shapesOf } from '../lib/memory.ts';
import type { Server } from '../lib/server.ts';

/** Nothing else on the machine looks like them. */
const password = randomBytes(36).toString('base64url');
const wrong = randomBytes(36).toString('base64url');
const children: ChildProcess[] = [];
let server: Server;

function start(args: readonly string[], input: string | Buffer): ChildProcess {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  child.stdin!.write(input);
  return child;
}

before(async () => {
  const { name } = makeAccount('ada-mem');
  execFileSync('chpasswd', { input: `${name}:${password}\n` });
  server = await startWith();
  const refused = new WebClient(server.url);
  const visitor = start(['test/lib/visitor.ts', server.url, name], password);
  await Promise.all([
    once(visitor.stdout!, 'data'),
    assert.rejects(refused.signIn(name, Buffer.from(wrong)), { status: 401 }),
  ]);
  refused.close();
});

after(async () => {
  for (const child of children) child.stdin!.end();
  await stopAll(server);
});

test('a planted password is found in each of its shapes', async () => {
  // Each shape stands in memory once, at an odd place of a buffer of its own.
  const planted = [
    Buffer.from(password),
    Buffer.from(password, 'utf16le'),
    ...[0, 1, 2].map((n) => Buffer.from(Buffer.from('\0'.repeat(n) + password).toString('base64'))),
  ];
  const keep =
    "const kept=[];process.stdin.on('data',(d)=>{kept.push(d);process.stdout.write('x')})";
  const control = start(['-e', keep], Buffer.concat(planted));
  await once(control.stdout!, 'data');
  const shapes = shapesOf(password);
  const { found } = scanProcess(control.pid!, shapes);
  for (const shape of shapes.keys()) {
    assert.ok(
      found.some((place) => place.startsWith(`${shape} in `)),
      `not found: ${shape}`,
    );
  }
});

test('no process of the product has a copy of the password, or of a wrong one', (t) => {
  const processes = ownProcesses();
  const names = processes.map(({ argv }) => argv.findLast((arg) => arg.startsWith('/'))!);
  for (const [name, count] of [
    ...[['gateway.js', 1] as const, ['broker.js', 1] as const, ['-rootd', 1] as const],
    ...[['-leader', 2] as const, ['-session-host', 1] as const],
  ]) {
    assert.equal(names.filter((path) => path.endsWith(name)).length, count, `${name}: ${names}`);
  }
  assert.ok(processes.some(({ argv }) => argv[0]!.endsWith('-supervise')));
  const shapes = new Map(shapesOf(password));
  for (const [shape, needle] of shapesOf(wrong)) shapes.set(`the wrong one, ${shape}`, needle);
  for (const { pid, argv } of processes) {
    const { found, bytes } = scanProcess(pid, shapes);
    t.diagnostic(`${argv[0]} (${pid}): ${bytes} bytes`);
    assert.ok(bytes > 100_000, `${argv[0]}: only ${bytes} bytes could be read`);
    assert.deepEqual(found, [], `${argv.join(' ')} (${pid})`);
  }
});
