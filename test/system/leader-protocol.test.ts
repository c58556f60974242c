/** The hop into root: whatever the table of requests does not permit ends the connection, before anything is done. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEADER_PROTOCOL_VERSION, toLeader } from '../../src/protocol/broker-leader.ts';
import { encode } from '../../src/protocol/codec.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { expectRefusal } from '../lib/leader/connection.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { openSession } from '../lib/leader/sessions.ts';

setUpLeaders({
  profiles: { vestibule: ['auth required %FAKE% auth=ask:1', 'account required %FAKE%'] },
});
makeAccount('protocol');

test('other protocols and impossible lengths end the leader', async () => {
  const hello = Buffer.from(encode(toLeader, { name: 'hello', version: LEADER_PROTOCOL_VERSION }));
  const bytes = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    Buffer.from('160301020001000001fc0303', 'hex'),
    Buffer.from([0, 0, 0, 0]),
    Buffer.from([0, 4, 0, 1, 1]),
  ];
  for (const start of bytes) {
    const client = Client.connect('broker');
    await expectRefusal(client, /no request came: Message too long/, () =>
      client.socket.write(start),
    );
  }
  const cut = Client.connect('broker');
  await expectRefusal(cut, /no request came: Connection reset by peer/, () =>
    cut.socket.end(hello.subarray(0, 3)),
  );
});

test('hello comes first, once, with the right version, and nothing behind its fields', async () => {
  const first = Client.connect('broker');
  await expectRefusal(first, /refused: hello must come first/, () =>
    first.authenticate('protocol'),
  );
  const twice = await Client.greet('broker');
  await expectRefusal(twice, /refused: hello may come only once/, () =>
    twice.send({ name: 'hello', version: LEADER_PROTOCOL_VERSION }),
  );
  const newer = Client.connect('broker');
  const version = LEADER_PROTOCOL_VERSION + 1;
  const why = `refused: it speaks version ${version}, wanted ${LEADER_PROTOCOL_VERSION}`;
  await expectRefusal(newer, new RegExp(why), () => newer.send({ name: 'hello', version }));
  const longer = Client.connect('broker');
  await expectRefusal(longer, /refused: it is malformed/, () =>
    longer.frames.send(Buffer.from([1, 0, 0, 0, LEADER_PROTOCOL_VERSION, 0])),
  );
});

test('messages out of their phase and unknown ones end the leader', async () => {
  for (const message of [{ name: 'cancel' }, { name: 'end', session: '' }] as const) {
    const client = await Client.greet('broker');
    await expectRefusal(client, /refused: not in this phase/, () => client.send(message));
  }
  // test is for vestibule-pam-test alone.
  for (const type of [0, 2, 8, 254, 255, toLeader.test.type]) {
    const client = await Client.greet('root');
    await expectRefusal(client, /\(unknown\) from root in phase 0 refused/, () =>
      client.frames.send(Buffer.from([type])),
    );
  }
  const client = await Client.greet('broker');
  client.authenticate('protocol');
  await client.takeKey();
  await client.expectPrompt();
  await expectRefusal(client, /authenticate\) from the broker in phase 1 refused/, () =>
    client.authenticate('protocol'),
  );
});

test('fields that do not fit end the leader', async () => {
  const wish = (change: object): Uint8Array =>
    encode(toLeader, {
      name: 'authenticate',
      conversation: new Uint8Array(16),
      service: 'vestibule',
      user: 'protocol',
      rhost: '',
      ...change,
    });
  for (const frame of [
    wish({ conversation: new Uint8Array(15) }),
    wish({ service: 'x'.repeat(256) }),
    wish({ rhost: 'x'.repeat(256) }),
    Buffer.concat([wish({}), Buffer.from([0])]),
    wish({}).subarray(0, -1),
    Buffer.from(wish({})).fill(0, 22, 23), // a NUL in the profile's name
  ]) {
    const client = await Client.greet('broker');
    await expectRefusal(client, /authenticate\).*refused: it is malformed/, () =>
      client.frames.send(frame),
    );
  }
});

test('the id of a PAM session is 32 hexadecimal digits', async () => {
  for (const session of ['', '../../../etc/cron.d/evil00000000', 'A'.repeat(32), '0'.repeat(31)]) {
    const client = await Client.greet('root');
    await expectRefusal(client, /open\).*refused: it is malformed/, () =>
      client.open({ user: 'protocol', pamSession: session }),
    );
  }
});

test('in an open session a bad message ends its connection, not the session', async () => {
  const client = await openSession({ user: 'protocol' });
  client.frames.send(Buffer.from([4]));
  await client.expectEnd();
  const again = await Client.adopt(client.pamSession, 'root');
  assert.equal(again.state?.phase, 3);
  again.spawn({ argv: ['/bin/sleep', '1000'] });
  await again.expect('spawned');
  again.spawn({ argv: ['/bin/sleep', '1000'] });
  await again.expectEnd();
  const last = await Client.adopt(client.pamSession, 'root');
  await last.end();
});

test('rootd turns away all but root and the broker', async () => {
  const stranger = Client.connect(makeAccount('protocol-stranger').uid);
  await stranger.expectEnd();
});
