import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PamSessionId, SessionId, UserName } from '../../protocol/ids.ts';
import {
  MOST_ENDED,
  SESSION_STATES,
  type SessionState,
  type SessionView,
} from '../../protocol/page-gateway.ts';
import { formatAge, formatTime, formatUtc } from './format-time.ts';
import { formatDuration, formatMemory } from './format-usage.ts';
import {
  canEnd,
  canOpen,
  findChanges,
  isNews,
  keepsRunning,
  sortSessions,
} from './session-order.ts';
import { takeNews } from './take-news.ts';

const session = (id: string, state: SessionState, started = 0): SessionView => ({
  id: id as SessionId,
  kind: 'terminal',
  kindTitle: 'Terminal',
  talk: 'terminal',
  startedBy: 'person',
  name: id,
  state,
  started,
  ended: null,
  tty: null,
  exitStatus: null,
  lastWords: '',
  endedBy: null,
  problem: null,
  step: null,
  conversation: null,
  stuck: null,
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
  assert.deepEqual(states(canEnd), ['pending', 'starting', 'running', 'stuck']);
  assert.deepEqual(states(keepsRunning), ['pending', 'starting', 'running']);
  assert.deepEqual(states(isNews), ['pending', 'starting', 'running', 'ending', 'stuck']);
  const problem = { code: 'session-failed', text: '', reference: '' } as const;
  assert.equal(isNews({ ...session('a', 'failed'), problem }), true);
  assert.equal(canOpen({ ...session('a', 'running'), talk: null }), false);
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

test('how long ago something was', () => {
  const ages = [-5, 0, 59, 60, 3599, 3600, 86_399, 86_400, 10 * 86_400];
  assert.deepEqual(
    ages.map((seconds) => formatAge(0, seconds * 1000)),
    [
      ...['now', 'now', 'now', '1 minute ago', '59 minutes ago', '1 hour ago', '23 hours ago'],
      ...['yesterday', '10 days ago'],
    ],
  );
});

test('memory and CPU time have few digits', () => {
  assert.deepEqual([0, 999, 1000, 12_345_678, 123_456_789, 5e9, 7e15].map(formatMemory), [
    '0 byte',
    '999 byte',
    '1 kB',
    '12.3 MB',
    '123 MB',
    '5 GB',
    '7,000 TB',
  ]);
  assert.deepEqual([0, 0.4, 59, 61, 3600, 86_399].map(formatDuration), [
    '0 sec',
    '0 sec',
    '59 sec',
    '1 min 1 sec',
    '1 hr 0 min',
    '23 hr 59 min',
  ]);
});

test('a change is put in its place, what is new behind; of what has ended the last ones stay', () => {
  const homeSession = { state: 'open', since: 1, problem: null, texts: [] } as const;
  const lists = { pamSessions: [], troubles: [] };
  const before = { user: 'ada' as UserName, host: 'a', now: 0, homeSession, ...lists };
  const home = { ...before, sessions: [session('a', 'starting'), session('b', 'running')] };
  const changed = [session('a', 'running'), session('c', 'pending')];
  assert.deepEqual(
    takeNews(home, { kind: 'changed', sessions: changed }).sessions.map(
      (one) => one.id + one.state,
    ),
    ['arunning', 'brunning', 'cpending'],
  );
  assert.deepEqual(takeNews(home, { kind: 'sessions', sessions: changed }).sessions, changed);
  const off = { ...homeSession, state: 'off' } as const;
  assert.equal(takeNews(home, { kind: 'home-session', homeSession: off }).homeSession, off);
  const pamSessions = [
    { id: 'p' as PamSessionId, name: 'a', opened: 1, closing: false, stuck: null },
  ];
  assert.equal(takeNews(home, { kind: 'pam-sessions', pamSessions }).pamSessions, pamSessions);
  const troubles = [{ kind: 'full', path: '/srv', text: 'no room' }];
  assert.equal(takeNews(home, { kind: 'troubles', troubles }).troubles, troubles);

  const ends = Array.from({ length: MOST_ENDED + 1 }, (_, index) => ({
    ...session(`old${index}`, 'ended'),
    ended: index + 1,
  }));
  const { sessions } = takeNews(home, { kind: 'changed', sessions: ends });
  assert.equal(sessions.length, 2 + MOST_ENDED);
  assert.equal(
    sessions.some(({ id }) => id === 'old0'),
    false,
  );
});
