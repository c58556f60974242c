/** session-host: what viewers get of the program's output, also when they are late or slow. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { type Host, startShell } from '../lib/session-host.ts';
import type { Viewer } from '../lib/viewer.ts';

const MIB = 1_048_576;

/** A file of random bytes that the program can read, and its hash. */
function makeFile(bytes: number): { path: string; hash: string } {
  const directory = mkdtempSync(join(tmpdir(), 'output-'));
  chmodSync(directory, 0o755);
  const path = join(directory, 'random');
  const data = randomBytes(bytes);
  writeFileSync(path, data, { mode: 0o644 });
  return { path, hash: createHash('sha256').update(data).digest('hex') };
}

/** Reads to the end, a turn of the event loop for each frame, keeping hashes instead of the bytes. */
async function readSlowly(viewer: Viewer): Promise<Record<'output' | 'errors' | 'exit', string>> {
  const hashes = { output: createHash('sha256'), errors: createHash('sha256') };
  let exit = '';
  for (;;) {
    const message = await viewer.next();
    if (message === null) break;
    assert.notEqual(message.name, 'gap');
    if (message.name === 'output' || message.name === 'errors') {
      hashes[message.name].update(message.data);
    }
    if (message.name === 'exit') exit = String(message.status);
    await new Promise(setImmediate);
  }
  return { output: hashes.output.digest('hex'), errors: hashes.errors.digest('hex'), exit };
}

test('a viewer gets the output from the offset it asks for', async () => {
  const host = await startShell('printf 0123456789; exec cat');
  const first = await host.view();
  await first.until(/^0123456789$/);
  const later = await host.view({ from: 4n });
  assert.equal(later.offset, 4n);
  await later.until(/^456789$/);
  const ahead = await host.view({ from: 1n << 63n });
  assert.equal(ahead.offset, 10n);
  ahead.type('x');
  await ahead.until(/^x$/);
  host.leader.end();
});

test('what the ring no longer has, a late viewer is told by hello', async () => {
  const host = await startShell('seq 1 10000; echo end; exec cat', { scrollback: 4096 });
  const first = await host.view();
  await first.until(/end\r\n$/);
  const late = await host.view();
  assert.ok(late.offset > 0n && late.offset <= first.offset - 4096n);
  await late.until(/end\r\n$/);
  assert.ok(late.text.length >= 4096);
  assert.equal(late.text.slice(-4096), first.text.slice(-4096));
  assert.equal(late.offset, first.offset);
  host.leader.end();
});

/** Reads with a viewer of its own until the program has written 'end'. */
async function readUntilEnd(host: Host): Promise<void> {
  const reader = await host.view();
  while (!reader.text.endsWith('end')) {
    assert.ok(await reader.read());
    reader.text = reader.text.slice(-3);
  }
}

test('a viewer that falls behind is told the gap, and what it gets lies where it says', async () => {
  // Ten bytes a line after 'ready': what stands at an offset follows from the offset.
  const host = await startShell(
    'stty -opost -echo; printf ready; read -r go; seq 100000000 100999999; printf end; exec cat',
    { scrollback: 65_536 },
  );
  const slow = await host.view();
  await slow.until(/ready/);
  slow.type('go\n');
  await readUntilEnd(host);
  while (slow.offset < 10_000_000n + 8n) {
    const before = slow.offset;
    const message = await slow.next();
    if (message?.name === 'gap') {
      slow.gaps++;
      slow.offset = message.to;
      assert.ok(slow.offset > before);
    } else if (message?.name === 'output') {
      slow.offset += BigInt(message.data.length);
      if (slow.offset > 10_000_000n) continue;
      const start = Number(before) - 5;
      const end = start + message.data.length;
      let wanted = '';
      for (let line = Math.floor(start / 10); line * 10 < end; line++)
        wanted += `${100_000_000 + line}\n`;
      const skip = start % 10;
      assert.equal(Buffer.from(message.data).toString(), wanted.slice(skip, skip + end - start));
    } else if (message?.name !== 'screen' && message?.name !== 'answers')
      assert.fail(`wanted output or gap, got ${message?.name}`);
  }
  assert.ok(slow.gaps > 0);
  host.leader.end();
});

test('100 MB past a viewer that reads nothing: the program does not stall', async () => {
  const host = await startShell('stty -opost; head -c 100000000 /dev/zero; printf end; exec cat');
  const stuck = await host.view();
  await readUntilEnd(host);
  while (stuck.gaps === 0) {
    assert.ok(await stuck.read());
    stuck.text = '';
  }
  // From there on it has all that is still kept.
  const from = stuck.offset;
  await stuck.until(/end$/);
  assert.ok(stuck.offset - from >= MIB, `${stuck.offset - from} bytes`);
  host.leader.end();
});

test('lossless: 50 MB through a slow reader, stdout and stderr, nothing is lost', async () => {
  const [out, errors] = [makeFile(50 * MIB), makeFile(3 * MIB)];
  const host = await startShell(`cat ${errors.path} >&2 & cat ${out.path}; wait; exit 3`, {
    pty: false,
    lossless: true,
    scrollback: 262_144,
  });
  const got = await readSlowly(await host.view());
  assert.deepEqual(got, { output: out.hash, errors: errors.hash, exit: String(3 << 8) });
  assert.equal(await host.end, 0);
});

test('lossless on a pty: 10 MB through two slow readers, nothing is lost', async () => {
  const file = makeFile(10 * MIB);
  const host = await startShell(`stty raw -echo; printf ready; read -r go; exec cat ${file.path}`, {
    lossless: true,
    scrollback: 65_536,
  });
  const viewers = [await host.view(), await host.view()];
  for (const viewer of viewers) await viewer.until(/ready/);
  viewers[0]!.type('go\n');
  for (const hashes of await Promise.all(viewers.map(readSlowly))) {
    assert.equal(hashes.output, file.hash);
    assert.equal(hashes.exit, '0');
  }
  assert.equal(await host.end, 0);
});

test('lossless: a program that ended before anyone came is still shown', async () => {
  const host = await startShell('echo short; exit 4', { pty: false, lossless: true });
  assert.deepEqual(await host.hearEnd(), { status: 4 << 8, words: '' });
  const viewer = await (await host.view()).rest();
  assert.equal(viewer.text, 'short\n');
  assert.equal(viewer.status, 4 << 8);
  assert.equal(await host.end, 0);
});

test('lossless: output that nobody came for does not outlive the leader', async () => {
  const options = { pty: false, lossless: true, scrollback: 4096 };
  const host = await startShell('head -c 20000 /dev/zero', options);
  assert.deepEqual(await host.hearEnd(), { status: 0, words: '' });
  host.leader.end();
  assert.equal(await host.end, 0);
});

test('a viewer that comes back to pipes gets no errors twice', async () => {
  const host = await startShell('echo out; echo wrong >&2; exec cat >&2', { pty: false });
  const first = await host.view();
  while (first.text !== 'out\n' || first.errors !== 'wrong\n') assert.ok(await first.read());
  const again = await host.view({ from: 4n });
  again.type('more\n');
  while (again.errors === '') assert.ok(await again.read());
  assert.equal(again.errors, 'more\n');
  assert.equal(again.text, '');
  host.leader.end();
});

test('the last output comes before exit, whatever the program leaves running', async () => {
  for (let i = 0; i < 20; i++) {
    const host = await startShell('read -r go; sleep 1000 & seq 1 3000; printf last', {
      scrollback: 65_536,
    });
    const viewer = await host.view();
    viewer.type('\n');
    await viewer.rest();
    assert.ok(viewer.text.endsWith('3000\r\nlast'), viewer.text.slice(-40));
    assert.equal(viewer.status, 0);
    assert.equal(await host.end, 0);
  }
});

test('a job left behind that writes for ever does not keep the session', async () => {
  for (const pty of [true, false]) {
    const host = await startShell('yes & read -r go; exit 5', { pty });
    const viewer = await host.view();
    viewer.type('\n');
    while (viewer.status === null) {
      assert.ok(await viewer.read());
      viewer.text = '';
    }
    assert.equal(viewer.status, 5 << 8);
    assert.equal(await host.end, 0);
  }
});

test('a viewer that takes nothing keeps an ended session for two seconds at most', async () => {
  const host = await startShell('read -r go; head -c 2000000 /dev/zero');
  const stuck = await host.view();
  const before = performance.now();
  stuck.type('\n');
  assert.deepEqual(await host.hearEnd(), { status: 0, words: '' });
  assert.equal(await host.end, 0);
  assert.ok(performance.now() - before > 1500);
});
