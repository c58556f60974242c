import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parseConfiguration } from '../config/load.ts';
import { greet, type JsonObject, parseJson, sendJson } from '../protocol/json-frame.ts';
import type { Context } from './context.ts';
import { replaceKey } from './replace-key.ts';
import { runCli } from './run-cli.ts';

const OLD_KEY = Buffer.alloc(32, 1);

/** A machine with a grant key, and a broker that ended so many tickets. */
async function startMachine(t: TestContext, tickets: number) {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-sign-out-'));
  const grantKey = join(folder, 'grant.key');
  writeFileSync(grantKey, OLD_KEY, { mode: 0o600 });
  const asked: { ask: JsonObject; keyWasNew: boolean }[] = [];
  const server = createServer((stream) => {
    void greet(stream).then(async (frames) => {
      const frame = await frames.next();
      if (frame === null) return;
      const ask = parseJson(frame);
      asked.push({ ask, keyWasNew: !readFileSync(grantKey).equals(OLD_KEY) });
      sendJson(frames, { id: ask.id, ok: { tickets } });
    });
  });
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const call = async (args: readonly string[], uid = 0) => {
    let [out, err] = ['', ''];
    const context: Context = {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      uid,
      brokerSocket: join(folder, 's'),
      servicesFile: join(folder, 'services'),
      grantKey,
      reader: null,
      load: () => parseConfiguration([]),
      exitStatus: 0,
    };
    const status = await runCli(['sign-out', ...args], context);
    return { status, out, err };
  };
  return { folder, grantKey, asked, server, call };
}

test('one user: the tickets end, the grant key stays', async (t) => {
  const { call, asked, grantKey } = await startMachine(t, 2);
  assert.deepEqual(await call(['ada']), { status: 0, out: "2 sign-ins of 'ada' ended\n", err: '' });
  assert.equal(asked[0]!.ask.type, 'end-sign-ins');
  assert.equal(asked[0]!.ask.user, 'ada');
  assert.deepEqual(readFileSync(grantKey), OLD_KEY);
  const { out } = await call(['--json', 'ada']);
  assert.deepEqual(JSON.parse(out), { user: 'ada', tickets: 2, grantsVoid: false });
});

test('all: a new key first, whole and private, then the tickets', async (t) => {
  const { call, asked, grantKey, folder } = await startMachine(t, 1);
  const { status, out } = await call(['--all']);
  assert.equal(status, 0);
  assert.equal(out, '1 sign-in ended, and no earlier one opens a session\n');
  assert.deepEqual([asked[0]!.ask.user, asked[0]!.keyWasNew], [null, true]);
  assert.equal(readFileSync(grantKey).length, 32);
  assert.equal(statSync(grantKey).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(folder).sort(), ['grant.key', 's']);
  const { out: json } = await call(['--all', '--json']);
  assert.deepEqual(JSON.parse(json), { user: null, tickets: 1, grantsVoid: true });
});

test('all without a server: grants are void, and it says what is left to do', async (t) => {
  const { call, grantKey, server } = await startMachine(t, 0);
  await new Promise((resolve) => server.close(resolve));
  const { status, err } = await call(['--all']);
  assert.equal(status, 3);
  assert.match(
    err,
    /^vestibule: the grant key is new, but the sign-ins were not ended: .*run it again/,
  );
  assert.notDeepEqual(readFileSync(grantKey), OLD_KEY);
  assert.equal((await call(['ada'])).status, 3);
});

test('neither, both, an empty name: nothing happens', async (t) => {
  const { call, asked, grantKey } = await startMachine(t, 0);
  for (const args of [[], ['ada', '--all'], ['']]) {
    const { status, err } = await call(args);
    assert.equal(status, 2, args.join(' '));
    assert.match(err, /wanted either a user name or '--all'/);
  }
  assert.deepEqual([asked.length, readFileSync(grantKey)], [0, OLD_KEY]);
});

test('others than root do nothing, not even half of it', async (t) => {
  const { call, asked, grantKey } = await startMachine(t, 0);
  for (const args of [['ada'], ['--all']]) {
    const { status, err } = await call(args, 1000);
    assert.equal(status, 1);
    assert.match(err, /wanted uid 0, got uid 1000/);
  }
  assert.deepEqual([asked.length, readFileSync(grantKey)], [0, OLD_KEY]);
});

test('what is no key is not replaced; what an interrupted run left is no obstacle', async (t) => {
  const { folder, grantKey } = await startMachine(t, 0);
  writeFileSync(`${grantKey}.new`, 'half');
  replaceKey(grantKey);
  assert.equal(readFileSync(grantKey).length, 32);
  assert.throws(() => replaceKey(join(folder, 'none')), /wanted to replace '.*none', got: ENOENT/);
  mkdirSync(join(folder, 'directory'));
  assert.throws(() => replaceKey(join(folder, 'directory')), /it is not a regular file/);
});
