/** A file server that is gone: what reads its files is left, and named; what need not read them works. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { processContext } from '../../src/cli/context.ts';
import { readFiles } from '../../src/cli/reading/read-files.ts';
import { runProgram } from '../../src/lib/run-program.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { HungDirectory } from '../lib/hung-directory.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { listProcesses } from '../lib/processes.ts';
import { INSTALLED, Product, until, VESTIBULE } from '../lib/product.ts';

const HUNG = '/srv/hung';
const STUCK =
  /got nothing\. .*\d+ \(vestibule reads\).* for a file system or a device that does not answer; until it does/;
/** Of one command; longer than it waits for a file. */
const LIMIT_MS = 40_000;
let product: Product;
let hung: HungDirectory;

before(async () => {
  preparePam();
  product = await Product.install();
  preparePam({ options: [`ssl-certificate=${HUNG}/c.pem`, `ssl-certificate-key=${HUNG}/k.pem`] });
  makeProfile('includes', ['auth sufficient pam_rootok.so', `auth include ${HUNG}/common`]);
  makeProfile('loads', ['auth sufficient pam_rootok.so', `session required ${HUNG}/pam_x.so`]);
  makeProfile('executes', [
    'auth required pam_unix.so',
    `auth optional pam_exec.so ${HUNG}/script`,
  ]);
  symlinkSync(`${HUNG}/profile`, '/etc/pam.d/linked');
  mkdirSync(HUNG, { recursive: true });
  hung = await HungDirectory.mount(HUNG);
});
after(async () => {
  await hung?.answer();
  await product?.wipe();
});

/** Until whoever reads its output has seen the end, too. */
async function run(args: string) {
  const child = spawn(VESTIBULE, args.split(' '), { stdio: ['ignore', 'pipe', 'pipe'] });
  const late = AbortSignal.timeout(LIMIT_MS);
  const told = [text(child.stdout), text(child.stderr)];
  const [[status]] = await Promise.all([once(child, 'exit', { signal: late }), ...told]);
  return { status, out: await told[0]!, err: await told[1]! };
}

const waiting = [
  ['pam check includes --for session', HUNG, 1],
  ['pam check loads --for session', HUNG, 1],
  ['pam check linked --for session', HUNG, 1],
  [`pam check su --root ${HUNG}/image`, `${HUNG}/image`, 1],
  [`pam check su --for session --facts ${HUNG}/facts`, HUNG, 1],
  ['pam explain includes', HUNG, 1],
  [`pam explain su --root ${HUNG}/image`, `${HUNG}/image`, 1],
  ['config check', `${HUNG}/c.pem`, 1],
  ['run --profile includes root -- true', HUNG, 125],
  ['pam test linked root authenticate', HUNG, 1],
] as const;

test('every command that reads such a file ends, and names it and the process that waits', async () => {
  const ends = await Promise.all(waiting.map(([args]) => run(args)));
  for (const [at, { status, out, err }] of ends.entries()) {
    const [args, path, wanted] = waiting[at]!;
    assert.deepEqual([status, out], [wanted, ''], `${args}: ${err}`);
    assert.ok(err.startsWith(`vestibule: wanted to read '${path}' within 10 s, `), err);
    assert.match(err, STUCK, args);
  }
});

test('what does not read it is not held up', async () => {
  assert.equal((await run('config show')).status, 0);
  assert.match((await run('pam check executes --for login')).out, /executes|no problems/);
  assert.equal((await run('pam explain executes')).status, 0);
});

test('a program that cannot be killed is given up at its limit', async () => {
  const begin = performance.now();
  const { status } = await runProgram('cat', [`${HUNG}/x`], 500);
  assert.deepEqual([status, performance.now() - begin < 3000], [null, true]);
});

test('an account that the system does not find in time is no answer, not a reader that hangs', async () => {
  const programs = mkdtempSync('/tmp/programs-');
  writeFileSync(`${programs}/getent`, `#!/bin/sh\nexec cat ${HUNG}/x\n`, { mode: 0o755 });
  const { PATH } = process.env;
  process.env.PATH = `${programs}:${PATH}`;
  const context = { ...processContext(), reader: `${INSTALLED}/dist/cli.js` };
  assert.equal(await readFiles(context, 'person', { name: 'ada' }), 'no answer');
  process.env.PATH = PATH;
});

test('the readers that were left end once it answers', async () => {
  const readers = (): number =>
    listProcesses().filter(({ argv }) => argv[0]?.startsWith('vestibule reads')).length;
  assert.ok(readers() > 0);
  await hung.answer();
  await until(() => readers() === 0, 'no reader');
  hung = await HungDirectory.mount(HUNG);
});
