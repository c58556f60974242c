import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { startFixture } from '../../../test/fakes/broker-fixture.ts';
import type { SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { SESSION_STATES, type SessionState } from '../../protocol/page-gateway.ts';
import { BLANK, type SessionRow } from '../rows/session-row.ts';
import { isFinal, mayBecome, SESSION_TRANSITIONS } from '../rows/session-transitions.ts';
import { addSession, changeSession } from './change-session.ts';

test('every state can be reached, and every live one has a way to an end', () => {
  const reach = (from: SessionState): Set<SessionState> => {
    const seen = new Set<SessionState>([from]);
    for (const state of seen) for (const next of SESSION_TRANSITIONS[state]) seen.add(next);
    return seen;
  };
  assert.deepEqual([...reach('pending')].sort(), [...SESSION_STATES].sort());
  for (const state of SESSION_STATES) assert.ok([...reach(state)].some(isFinal), state);
});

test('a session that has ended never lives again', () => {
  for (const state of SESSION_STATES.filter(isFinal)) {
    for (const next of SESSION_STATES) assert.ok(!mayBecome(state, next));
  }
});

test('whatever is tried, rows and audit follow the table only', async (t) => {
  const fixture = await startFixture(t);
  const { broker } = fixture;
  let number = 0;
  const tries = fc.array(fc.constantFrom(...SESSION_STATES), { maxLength: 15 });
  fc.assert(
    fc.property(tries, (states) => {
      const id = (++number).toString(16).padStart(32, '0') as SessionId;
      const path: SessionState[] = ['pending'];
      addSession(broker, pendingRow(id));
      for (const state of states) {
        const allowed = mayBecome(path.at(-1)!, state);
        if (allowed) path.push(state);
        if (allowed) changeSession(broker, id, state);
        else assert.throws(() => changeSession(broker, id, state), /cannot become/);
        const row = broker.sessions.find(id)!;
        assert.equal(row.state, path.at(-1));
        assert.equal(row.ended !== null, isFinal(row.state));
      }
      assert.deepEqual(
        fixture
          .audit()
          .filter(({ session }) => session === id)
          .map(({ event }) => event),
        path.map((state) => `session-${state}`),
      );
    }),
    { numRuns: 50 },
  );
});

function pendingRow(id: SessionId): SessionRow {
  return {
    ...BLANK,
    ...{ id, pamSession: null, user: 'ada' as UserName, uid: 61_000 as Uid, kind: 'terminal' },
    ...{ name: 'Terminal 1', state: 'pending', origin: 'gateway', address: '', started: 0 },
  };
}
