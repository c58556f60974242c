/** Each event in each state has the effect that the tables say. A surprise is logged and changes nothing. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type BrokerFixture, startFixture } from '../../../test/fakes/broker-fixture.ts';
import { log } from '../../lib/log.ts';
import { PAM_SESSION_STATES, type PamSessionState } from '../../protocol/cli-broker.ts';
import type { PamSessionId, SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { SESSION_STATES, type SessionState } from '../../protocol/page-gateway.ts';
import { makeId } from '../changes/begin.ts';
import { addPamSession } from '../changes/change-pam-session.ts';
import { addSession } from '../changes/change-session.ts';
import {
  PAM_SESSION_ACTS,
  type PamSessionAct,
  type PamSessionEvent,
  SESSION_ACTS,
  type SessionAct,
  type SessionEvent,
} from '../rows/leader-events.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import * as pamLife from '../rows/pam-session-transitions.ts';
import { BLANK, type SessionRow } from '../rows/session-row.ts';
import * as sessionLife from '../rows/session-transitions.ts';
import { takeMessage } from './follow-leader.ts';
import { takePamSessionEvent } from './take-pam-session-event.ts';
import { takeSessionEvent } from './take-session-event.ts';

const ADA = { user: 'ada' as UserName, uid: 61_000 as Uid };

/** The states afterwards, for a session in a PAM session that stays open without it. */
const AFTER: Readonly<Record<SessionAct, (state: SessionState) => SessionState>> = {
  run: () => 'running',
  note: (state) => state,
  'begin-end': () => 'ending',
  settle: () => 'ended',
  fail: () => 'failed',
  lose: () => 'unclean',
  stick: () => 'stuck',
  ignore: (state) => state,
  surprise: (state) => state,
};
const PAM_AFTER: Readonly<Record<PamSessionAct, (state: PamSessionState) => PamSessionState>> = {
  'take-key': (state) => state,
  hear: (state) => state,
  open: () => 'open',
  close: (state) => state,
  settle: () => 'closed',
  fail: () => 'failed',
  lose: (state) => (state === 'opening' ? 'failed' : 'unclean'),
  stick: () => 'stuck',
  ignore: (state) => state,
  surprise: (state) => state,
};

function addPam({ broker }: BrokerFixture, state: PamSessionState): PamSessionRow {
  const leader = state === 'opening' ? 0 : 7;
  return addPamSession(broker, {
    ...{ id: makeId<PamSessionId>(), ...ADA, place: 'local', profile: 'su', state },
    ...{
      closePolicy: 'asked',
      isHome: true,
      label: '',
      address: '',
      leader,
      leaderBorn: 0,
      texts: [],
    },
    ...{ started: 0, ended: pamLife.isFinal(state) ? 1 : null, problem: null },
  });
}

function addIn({ broker }: BrokerFixture, pam: PamSessionRow, state: SessionState): SessionRow {
  return addSession(broker, {
    ...BLANK,
    ...{ id: makeId<SessionId>(), pamSession: pam.id, ...ADA, kind: 'terminal', name: 'T', state },
    ...{ origin: 'gateway', address: '', started: 0 },
    ended: sessionLife.isFinal(state) ? 1 : null,
  });
}

/** The log lines leader-surprise of `work`. */
function surprisesIn(t: TestContext, work: () => void): string[] {
  const warning = t.mock.method(log, 'warning', () => {});
  work();
  warning.mock.restore();
  const lines = warning.mock.calls.map(({ arguments: said }) => JSON.stringify(said));
  return lines.filter((line) => line.startsWith('["leader-surprise"'));
}

for (const [event, acts] of Object.entries(SESSION_ACTS)) {
  test(`'${event}', for a session in each of its states`, async (t) => {
    const fixture = await startFixture(t);
    const pam = addPam(fixture, 'open');
    for (const state of SESSION_STATES) {
      const row = addIn(fixture, pam, state);
      const act = acts[state];
      const surprises = surprisesIn(t, () =>
        takeSessionEvent(fixture.broker, row, event as SessionEvent),
      );
      assert.equal(fixture.broker.sessions.find(row.id)?.state, AFTER[act](state), state);
      assert.equal(surprises.length, act === 'surprise' ? 1 : 0, state);
      if (act === 'surprise') assert.match(surprises[0]!, new RegExp(`"${event}".*"${state}"`));
    }
  });
}

for (const [event, acts] of Object.entries(PAM_SESSION_ACTS)) {
  test(`'${event}', for a PAM session in each of its states`, async (t) => {
    const fixture = await startFixture(t);
    for (const state of PAM_SESSION_STATES) {
      const row = addPam(fixture, state);
      const act = acts[state];
      const link = { pamSession: row.id, grant: null, talk: null, leader: silentLeader() };
      const surprises = surprisesIn(t, () =>
        takePamSessionEvent(fixture.broker, row, event as PamSessionEvent, { link }),
      );
      assert.equal(fixture.broker.pamSessions.find(row.id)?.state, PAM_AFTER[act](state), state);
      assert.equal(surprises.length, act === 'surprise' ? 1 : 0, state);
    }
  });
}

test('a PAM session whose leader died before it was open has failed, with what was in it', async (t) => {
  const fixture = await startFixture(t);
  const pam = addPam(fixture, 'opening');
  const row = addIn(fixture, pam, 'starting');
  takePamSessionEvent(fixture.broker, pam, 'gone');
  assert.equal(fixture.broker.pamSessions.find(pam.id)?.state, 'failed');
  assert.equal(fixture.broker.sessions.find(row.id)?.state, 'failed');
});

test('a message of a leader of another task is logged under its name', async (t) => {
  const fixture = await startFixture(t);
  const { id } = addPam(fixture, 'open');
  const link = { pamSession: id, grant: null, talk: null, leader: silentLeader() };
  const surprises = surprisesIn(t, () => takeMessage(fixture.broker, link, { name: 'checked' }));
  assert.match(surprises.join(), /"event":"checked","state":"open"/);
  assert.equal(fixture.broker.pamSessions.find(id)?.state, 'open');
});

function silentLeader() {
  return { hello: { pid: 7 }, send: () => {}, listen: () => {}, destroy: () => {} } as never;
}
