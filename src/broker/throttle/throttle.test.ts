import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { networkOf } from '../../lib/network-of.ts';
import { Store } from '../database/store.ts';
import { Failures } from './failures.ts';
import { type Attempt, Throttle } from './throttle.ts';
import { openThrottleStore } from './throttle-store.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const directory = mkdtempSync(join(tmpdir(), 'vestibule-throttle-'));
after(() => rmSync(directory, { recursive: true }));
let stores = 0;

function startThrottle(
  clock: { now: number },
  rows = new Store(join(directory, `${++stores}.db`)),
) {
  // After each start of the broker its monotonic clock begins at 0.
  const began = clock.now;
  const monotonic = () => clock.now - began;
  const store = openThrottleStore(rows, () => clock.now, monotonic);
  return { throttle: new Throttle(monotonic, store), store, rows, database: rows.database };
}

function makeThrottle() {
  const clock = { now: 0 };
  const { throttle } = startThrottle(clock);
  const fail = (attempt: Attempt, times = 1) => {
    for (let i = 0; i < times; i++) {
      throttle.begin(attempt);
      throttle.end(attempt, 'wrong');
    }
  };
  const succeed = (attempt: Attempt) => {
    throttle.begin(attempt);
    throttle.end(attempt, 'right');
    return { ...attempt, browser: throttle.recognize(attempt) };
  };
  return { clock, throttle, fail, succeed };
}
const at = (address: string, user = 'ada', browser = ''): Attempt => ({ address, user, browser });
const HERE = '192.0.2.7';
const ELSEWHERE = '198.51.100.9';

test('somebody who mistypes waits from the fifth time on, twice as long each time', () => {
  const { clock, throttle, fail } = makeThrottle();
  fail(at(HERE), 4);
  assert.equal(throttle.waitMs(at(HERE)), 0);
  for (const seconds of [10, 20, 40, 80]) {
    fail(at(HERE));
    assert.equal(throttle.waitMs(at(HERE)), seconds * SECOND);
    clock.now += seconds * SECOND - 1;
    assert.equal(throttle.waitMs(at(HERE)), 1);
    clock.now += 1;
    assert.equal(throttle.waitMs(at(HERE)), 0);
  }
  fail(at(HERE), 20);
  assert.equal(throttle.waitMs(at(HERE)), 15 * MINUTE);
});

test('who gets in has mistyped: nothing of it is left, for the address neither', () => {
  const { throttle, fail, succeed } = makeThrottle();
  for (let i = 0; i < 100; i++) {
    fail(at(HERE, `user${i}`), 4);
    succeed(at(HERE, `user${i}`));
  }
  assert.equal(throttle.waitMs(at(HERE, 'user7')), 0);
  assert.equal(throttle.waitMs(at(HERE, 'another')), 0);
});

test('failures are forgotten with time', () => {
  const { clock, throttle, fail } = makeThrottle();
  fail(at(HERE), 8);
  clock.now += 2 * HOUR;
  fail(at(HERE), 4);
  assert.equal(throttle.waitMs(at(HERE)), 0);
});

test('many names from one address lock the address, but no browser that has signed in', () => {
  const { throttle, fail, succeed } = makeThrottle();
  const known = succeed(at(HERE, 'bob'));
  for (let i = 0; i < 22; i++) fail(at(HERE, `name${i}`));
  assert.equal(throttle.waitMs(at(HERE, 'carol')), 40 * SECOND);
  assert.equal(throttle.waitMs(at(HERE, 'bob')), 40 * SECOND);
  assert.equal(throttle.waitMs(known), 0);
  assert.equal(throttle.waitMs({ ...known, user: 'carol' }), 40 * SECOND);
  assert.equal(throttle.waitMs(at(ELSEWHERE, 'carol')), 0);
});

test('a good sign-in at a locked address makes the lock no longer', () => {
  const { clock, throttle, fail, succeed } = makeThrottle();
  const known = succeed(at(HERE, 'bob'));
  for (let i = 0; i < 22; i++) fail(at(HERE, `name${i}`));
  clock.now += 30 * SECOND;
  fail(known);
  succeed(known);
  assert.ok(throttle.waitMs(at(HERE, 'carol')) <= 40 * SECOND);
  clock.now += 5 * SECOND;
  succeed(known);
  assert.ok(throttle.waitMs(at(HERE, 'carol')) <= 35 * SECOND);
});

test('one name guessed from many addresses: its owner is not locked out, each guesser has one', () => {
  const { throttle, fail, succeed } = makeThrottle();
  const owner = succeed(at(ELSEWHERE));
  for (let i = 0; i < 40; i++) fail(at(`203.0.113.${i}`));
  assert.equal(throttle.waitMs(at(HERE)), 0);
  fail(at(HERE));
  assert.ok(throttle.waitMs(at(HERE)) > 0);
  fail(owner, 4);
  assert.equal(throttle.waitMs(owner), 0);
  fail(at(ELSEWHERE));
  assert.ok(throttle.waitMs(at(ELSEWHERE)) > 0);
});

test('300 good sign-ins at once from one address, of one or of many: nobody waits', () => {
  const { throttle, fail } = makeThrottle();
  fail(at(HERE, 'mistyped'), 3);
  const many = Array.from({ length: 300 }, (_, i) => at(HERE, i % 2 ? 'ada' : `user${i}`));
  for (const attempt of many) {
    assert.equal(throttle.waitMs(attempt), 0);
    throttle.begin(attempt);
  }
  for (const attempt of many) throttle.end(attempt, 'right');
});

test('guesses at once do not count as one: after a failure only what is left may be under way', () => {
  const { throttle, fail } = makeThrottle();
  fail(at(HERE), 3);
  const allowed = [];
  while (throttle.waitMs(at(HERE)) === 0 && allowed.length < 10) {
    throttle.begin(at(HERE));
    allowed.push(at(HERE));
  }
  assert.equal(allowed.length, 2);
  assert.equal(throttle.waitMs(at(HERE)), 3000);
  for (const attempt of allowed) throttle.end(attempt, 'none');
  assert.equal(throttle.waitMs(at(HERE)), 0);
});

test('names count without their case', () => {
  const { throttle, fail } = makeThrottle();
  fail(at(HERE, 'Ada'), 5);
  assert.equal(throttle.waitMs(at(HERE, 'ada')), 10 * SECOND);
});

test('what is counted is bounded: the oldest goes first', () => {
  const { store, database } = startThrottle({ now: 0 });
  const failures = new Failures({ list: 'pair', free: 1, forgetMs: HOUR }, store);
  store.together(() => {
    for (let i = 0; i < 20_001; i++) failures.add(`key${i}`, i);
  });
  assert.equal(failures.level('key0', 0), 0);
  assert.equal(failures.level('key1', 1), 1);
  assert.equal(database.prepare('SELECT count(*) AS n FROM throttle').get()!.n, 20_000);
});

test('a machine that is at fault locks the one who tries, not the network', () => {
  const { throttle } = makeThrottle();
  for (let i = 0; i < 100; i++) {
    throttle.begin(at(HERE, `user${i}`));
    throttle.end(at(HERE, `user${i}`), 'unjudged');
  }
  assert.equal(throttle.waitMs(at(HERE, 'carol')), 0);
  for (let i = 0; i < 4; i++) throttle.fail(at(HERE, 'user7'), 'unjudged');
  assert.ok(throttle.waitMs(at(HERE, 'user7')) > 0);
});

test('a broker that starts anew knows the locks, for as long as they last, and who has signed in', () => {
  const clock = { now: 1_000_000 };
  const { throttle, rows: kept, database } = startThrottle(clock);
  const bob = at(HERE, 'bob', throttle.recognize(at(HERE, 'bob')));
  for (let i = 0; i < 22; i++) throttle.fail(at(HERE, i < 6 ? 'ada' : `name${i}`), 'wrong');
  clock.now += 5 * SECOND;
  const next = startThrottle(clock, kept).throttle;
  for (const who of [at(HERE, 'ada'), at(HERE, 'carol'), bob]) {
    assert.equal(next.waitMs(who), throttle.waitMs(who), who.user);
  }
  assert.equal(next.waitMs(at(HERE, 'carol')), 35 * SECOND);
  assert.equal(next.waitMs(bob), 0);
  clock.now += 2 * HOUR;
  next.prune();
  const [row, ...more] = database.prepare('SELECT list, key FROM throttle').all();
  assert.equal(row!.list, 'known');
  assert.match(String(row!.key), /^[0-9a-f]{64} bob$/);
  assert.deepEqual(more, []);
});

test('a wall clock that was set back makes no lock longer', () => {
  const clock = { now: 1_000_000 };
  const { throttle, rows } = startThrottle(clock);
  for (let i = 0; i < 5; i++) throttle.fail(at(HERE), 'wrong');
  clock.now -= HOUR;
  assert.equal(startThrottle(clock, rows).throttle.waitMs(at(HERE)), 10 * SECOND);
});

test('an IPv6 customer has a /64, an IPv4 one an address, however they are written', () => {
  for (const [address, network] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
    ['2001:0DB8::1:a:b:c:d', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['unix', 'unix'],
  ]) {
    assert.equal(networkOf(address!), network, address);
  }
});
