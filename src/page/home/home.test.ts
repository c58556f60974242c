import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId } from '../../protocol/ids.ts';
import {
  SESSION_STATES,
  type SessionState,
  type SessionView,
} from '../../protocol/page-gateway.ts';
import { formatTime, formatUtc } from './format-time.ts';
import { canEnd, canOpen, findChanges, sortSessions } from './session-order.ts';

const session = (id: string, state: SessionState, started = 0): SessionView => ({
  id: id as SessionId,
  kind: 'terminal',
  name: id,
  state,
  started,
  ended: null,
  tty: null,
  exitStatus: null,
  problem: null,
  step: null,
  activity: null,
  usage: null,
});
const states = (can: (view: SessionView) => boolean): string[] =>
  SESSION_STATES.filter((state) => can(session('a', state)));

test('living sessions come first, the newest of each first', () => {
  const list = [
    session('old end', 'ended', 1),
    session('old', 'running', 2),
    session('failed', 'failed', 9),
    session('new', 'starting', 3),
  ];
  assert.deepEqual(
    sortSessions(list).map(({ id }) => id),
    ['new', 'old', 'failed', 'old end'],
  );
});

test('what can be done in each state', () => {
  assert.deepEqual(states(canOpen), ['running']);
  assert.deepEqual(states(canEnd), ['pending', 'starting', 'running']);
  assert.equal(canOpen({ ...session('a', 'running'), kind: 'run' }), false);
});

test('changes are new sessions and new states', () => {
  const before = [session('a', 'running'), session('b', 'starting'), session('gone', 'ended')];
  const after = [session('a', 'running'), session('b', 'running'), session('c', 'pending')];
  assert.deepEqual(
    findChanges(before, after).map(({ id }) => id),
    ['b', 'c'],
  );
});

test('a time of today has no date, UTC has everything', () => {
  const now = new Date(2026, 4, 17, 15, 0).getTime();
  const morning = new Date(2026, 4, 17, 9, 5).getTime();
  assert.doesNotMatch(formatTime(morning, now), /2026/);
  assert.match(formatTime(morning - 86_400_000, now), /2026/);
  assert.equal(formatUtc(Date.UTC(2026, 4, 17, 9, 5, 7)), '2026-05-17 09:05:07 UTC');
});
