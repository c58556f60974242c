/** dialSession gives bytes to and from any session, whatever it speaks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAKE_SESSION, SESSION_KEY } from '../../../test/fakes/fake-broker.ts';
import { type Fixture, startFixture } from '../../../test/fakes/gateway-fixture.ts';
import { dialSession } from './dial-session.ts';

/** alice's pass. */
async function passOf(gateway: Fixture): Promise<string> {
  const cookie = await gateway.enter(await gateway.signIn('alice'));
  return cookie.slice(cookie.indexOf('=') + 1);
}

test('a session that is no terminal is dialled as any other', async (t) => {
  const gateway = await startFixture(t);
  await gateway.replaceHost(t, (socket) => socket.pipe(socket));
  const pass = await passOf(gateway);
  const dialled = await dialSession(gateway.running.gateway, pass, FAKE_SESSION);
  assert.deepEqual(dialled.key, SESSION_KEY);
  dialled.stream.end('GET / HTTP/1.1\r\n\r\n');
  const came = Buffer.concat(await dialled.stream.toArray());
  assert.equal(came.toString(), 'GET / HTTP/1.1\r\n\r\n');
});

test('without a pass, or with a malformed one, the broker is not asked', async (t) => {
  const gateway = await startFixture(t);
  for (const pass of [undefined, '', 'x'.repeat(45)]) {
    const dialled = dialSession(gateway.running.gateway, pass, FAKE_SESSION);
    await assert.rejects(dialled, { name: 'Failure', code: 'not-signed-in' });
  }
  assert.equal(gateway.countAsked('session-dial'), 0);
});

test('a session that nobody listens for is unavailable, and the log says where', async (t) => {
  const gateway = await startFixture(t);
  const pass = await passOf(gateway);
  gateway.host.close();
  await assert.rejects(dialSession(gateway.running.gateway, pass, FAKE_SESSION), {
    code: 'unavailable',
    message: /session not reached: wanted the session at '.*\/s', got 'connect ENOENT/,
  });
});
