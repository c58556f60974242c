/** If the database is lost or set aside, the broker learns from the leaders what runs. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BrokerFixture, startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { SessionId } from '../../protocol/ids.ts';

function loseDatabase({ directory }: BrokerFixture): void {
  for (const name of readdirSync(directory))
    if (name.startsWith('broker.db')) rmSync(join(directory, name));
}

const [HOME, OWN, RUN] = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
];
const [FIRST, SECOND] = ['1', '2'].map((digit) => digit.repeat(32)) as [SessionId, SessionId];

test('home sessions, people’s sessions and root’s runs become rows again, each as what it is', async (t) => {
  const fixture = await startFixture(t);
  const { machine } = fixture;
  const home = machine.makeLeader();
  const own = machine.makeLeader();
  const root = machine.makeLeader();
  await fixture.restart(async () => {
    loseDatabase(fixture);
    await home.openAs({ pamSession: HOME, user: 'ada', closePolicy: 'asked' });
    await own.openAs({ pamSession: OWN, session: FIRST, user: 'ada' });
    await root.openAs({ pamSession: RUN, session: SECOND, user: 'bob', attached: 1 });
  });
  const { cli, gateway } = fixture;
  const { pamSessions } = await cli.ask('pam-sessions', {});
  assert.deepEqual(
    pamSessions.map(({ id, home, close, sessions }) => [id, home, close, sessions]),
    [
      [HOME, true, 'asked', []],
      [OWN, false, 'last-program', [FIRST]],
      [RUN, false, 'last-program', [SECOND]],
    ],
  );
  const { sessions } = await cli.ask('active-sessions', {});
  assert.deepEqual(
    sessions.map(({ id, kind, name, origin }) => [id, kind, name, origin]),
    [
      [FIRST, 'terminal', 'run of ada', 'gateway'],
      [SECOND, 'run', 'run of bob', 'cli'],
    ],
  );
  const { ticket } = await gateway.signIn('ada');
  assert.equal((await gateway.ask('session-list', { ticket })).homeSession.state, 'open');
  await gateway.ask('sign-out', { ticket });
  // Nobody is signed in, and no session that users started runs any more, so the home session is closed.
  await cli.ask('kill-session', { session: FIRST });
  await home.received.take(({ name }) => name === 'close');
});

test('sessions of a home session that no row knows have names that are free, and can be entered', async (t) => {
  const fixture = await startFixture(t);
  const home = fixture.machine.makeLeader();
  const { ticket } = await fixture.gateway.signIn('ada');
  await home.openAs({ pamSession: HOME, session: FIRST, user: 'ada', closePolicy: 'asked' });
  assert.equal((await fixture.gateway.sessionIn('running', FIRST)).name, 'Terminal 1');
  home.spawn(SECOND);
  assert.equal((await fixture.gateway.sessionIn('running', SECOND)).name, 'Terminal 2');
  const pass = await fixture.gateway.pass(ticket, FIRST);
  await fixture.gateway.ask('session-dial', { pass, session: FIRST });
});
