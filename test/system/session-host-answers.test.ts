/** session-host: each byte of output is answered by one viewer, whoever comes, types and goes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { startShell } from '../lib/session-host.ts';
import type { Viewer } from '../lib/viewer.ts';

/** Writes what a viewer says, so that output goes on for as long as the test wants. */
const echo = () => startShell('stty -echo -onlcr; printf "ready\\n"; exec cat');
const all = (...viewers: readonly Viewer[]) =>
  Promise.all(viewers.map((viewer) => viewer.until(/\bend\n/)));

test('of two viewers the first answers, and then the one that is typed in', async () => {
  const host = await echo();
  const one = await host.view({ viewer: 1n });
  const two = await host.view({ viewer: 2n });
  await Promise.all([one.until(/ready\n/), two.until(/ready\n/)]);
  one.type('a\n');
  await Promise.all([one.until(/a\n/), two.until(/a\n/)]);
  two.type('b\n');
  await Promise.all([one.until(/b\n/), two.until(/b\n/)]);
  one.type('end\n');
  await all(one, two);
  assert.equal(one.answered, 'ready\na\nend\n');
  assert.equal(two.answered, 'b\n');
  host.leader.end();
});

test('what is shown again nobody answers', async () => {
  const host = await echo();
  const first = await host.view({ viewer: 1n });
  await first.until(/ready\n/);
  first.socket.destroy();
  const again = await host.view({ viewer: 2n });
  again.type('end\n');
  await again.until(/end\n/);
  assert.equal(again.text, 'ready\nend\n');
  assert.equal(again.answered, 'end\n');
  host.leader.end();
});

test('what nobody has had the next viewer answers: a program asks before its page is there', async () => {
  const host = await echo();
  const first = await host.view({ viewer: 1n });
  await first.until(/ready\n/);
  assert.equal(first.answered, 'ready\n');
  host.leader.end();
});

test('a viewer that comes back goes on answering where its output ended', async () => {
  const host = await echo();
  const one = await host.view({ viewer: 1n });
  await one.until(/ready\n/);
  const two = await host.view({ viewer: 2n });
  const back = await host.view({ viewer: 1n, from: 3n });
  back.type('end\n');
  await all(back, two);
  assert.equal(back.answered, 'dy\nend\n');
  assert.equal(two.answered, '');
  host.leader.end();
});

test('when the viewer that answers goes, another one does', async () => {
  const host = await echo();
  const one = await host.view({ viewer: 1n });
  const two = await host.view({ viewer: 2n });
  await Promise.all([one.until(/ready\n/), two.until(/ready\n/)]);
  one.socket.destroy();
  while (!two.answers) assert.ok(await two.read());
  two.type('end\n');
  await two.until(/end\n/);
  assert.equal(two.answered, 'end\n');
  host.leader.end();
});
