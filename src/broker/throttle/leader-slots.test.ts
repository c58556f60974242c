import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProblemError } from '../base/problem.ts';
import { LeaderSlots, type SlotHolder } from './leader-slots.ts';

const LIMITS = {
  total: 4,
  perNetwork: 3,
  waiting: 3,
  waitMs: 30_000,
  firstMs: 5000,
  furtherMs: 20_000,
};

/** The part of a conversation that LeaderSlots uses. ended: why it was ended. */
interface Fake {
  origin: { address: string };
  idleSince: number | null;
  hasAnswered: boolean;
  ended: string | null;
}

function makeSlots() {
  const clock = { now: 100_000 };
  const slots = new LeaderSlots(() => clock.now, LIMITS);
  const make = (address: string): Fake & SlotHolder => {
    const fake = {
      origin: { address, userAgent: '' },
      idleSince: null,
      hasAnswered: false,
      ended: null as string | null,
      end: (detail: string) => {
        fake.ended = detail;
        slots.leave(fake as unknown as SlotHolder);
      },
    };
    return fake as unknown as Fake & SlotHolder;
  };
  const enter = async (address: string) => {
    const made = make(address);
    await slots.enter(made);
    return made;
  };
  return { clock, slots, make, enter };
}
const codeOf = (code: string) => (error: ProblemError) => error.problem.code === code;

test('an address gets its share at once; whoever comes then waits until one leaves', async () => {
  const { slots, make, enter } = makeSlots();
  const first = await enter('192.0.2.1');
  await enter('192.0.2.1');
  await enter('192.0.2.1');
  const order: string[] = [];
  const late = slots.enter(make('192.0.2.1')).then(() => order.push('late'));
  await enter('192.0.2.2');
  order.push('other');
  slots.leave(first);
  await late;
  assert.deepEqual(order, ['other', 'late']);
});

test('in line, the address that holds least goes first', async () => {
  const { slots, make, enter } = makeSlots();
  const holders = [await enter('a'), await enter('a'), await enter('b'), await enter('b')];
  const order: string[] = [];
  const waits = ['a', 'b', 'c'].map((name) => slots.enter(make(name)).then(() => order.push(name)));
  for (const holder of [holders[2]!, holders[0]!, holders[1]!]) slots.leave(holder);
  await Promise.all(waits);
  assert.deepEqual(order, ['c', 'a', 'b']);
});

test('while somebody waits and all are taken, the longest idle gives way, whoever owns it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { clock, slots, make, enter } = makeSlots();
  const pass = (ms: number) => {
    clock.now += ms;
    t.mock.timers.tick(ms);
  };
  const holders = await Promise.all(['a', 'b', 'c', 'd'].map(enter));
  const [busy, first, second, typing] = holders as unknown as [Fake, Fake, Fake, Fake];
  first.idleSince = clock.now;
  typing.idleSince = clock.now;
  typing.hasAnswered = true;
  clock.now += 1000;
  second.idleSince = clock.now;
  const order: string[] = [];
  const wait = (name: string) => slots.enter(make(name)).then(() => order.push(name));
  const waits = ['e', 'f', 'g'].map(wait);
  const ended = () => [busy, first, second, typing].map(({ ended }) => ended !== null);
  pass(3999);
  assert.deepEqual(ended(), [false, false, false, false]);
  pass(1);
  await waits[0];
  assert.deepEqual(ended(), [false, true, false, false]);
  pass(1000);
  await waits[1];
  assert.deepEqual(ended(), [false, true, true, false]);
  pass(13_999);
  assert.deepEqual(ended(), [false, true, true, false]);
  pass(1);
  await waits[2];
  assert.deepEqual(ended(), [false, true, true, true]);
  assert.deepEqual(order, ['e', 'f', 'g']);
  const last = wait('h');
  pass(1000);
  busy.idleSince = clock.now;
  slots.makeRoom();
  pass(5000);
  await last;
  assert.deepEqual(ended(), [true, true, true, true]);
  assert.equal(first.ended, 'others wait for its place');
});

test('for a place in a network that has its share, its own longest idle gives way', async () => {
  const { clock, slots, enter } = makeSlots();
  const other = (await enter('b')) as Fake;
  other.idleSince = clock.now;
  const own = (await enter('a')) as Fake;
  const younger = (await enter('a')) as Fake;
  await enter('a');
  clock.now += 1;
  own.idleSince = clock.now;
  clock.now += 1;
  younger.idleSince = clock.now;
  clock.now += 10_000;
  const late = await enter('a');
  assert.deepEqual([other.ended !== null, own.ended !== null, younger.ended], [false, true, null]);
  slots.leave(late);
});

test('who does not wait for a person never gives way', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { slots, make, enter } = makeSlots();
  const holders = await Promise.all(['a', 'b', 'c', 'd'].map(enter));
  const refused = assert.rejects(slots.enter(make('e')), codeOf('sign-in-busy'));
  t.mock.timers.tick(LIMITS.waitMs);
  await refused;
  assert.deepEqual(
    holders.map(({ ended }) => ended),
    [null, null, null, null],
  );
});

test('a line that one network fills has room for the others', async () => {
  const { slots, make, enter } = makeSlots();
  for (const name of ['a', 'a', 'a', 'b']) await enter(name);
  const greedy = [make('a'), make('a'), make('a')];
  const waits = greedy.map((one) => slots.enter(one));
  const dropped = assert.rejects(waits[2]!, codeOf('too-many'));
  const other = slots.enter(make('c'));
  await dropped;
  await assert.rejects(slots.enter(make('a')), codeOf('too-many'));
  for (const one of greedy.slice(0, 2)) {
    const gone = assert.rejects(waits[greedy.indexOf(one)]!, codeOf('conversation-gone'));
    slots.leave(one);
    await gone;
  }
  const stays = make('c');
  assert.equal(
    await Promise.race([other.then(() => 'in'), slots.enter(stays).then(() => 'in'), 'waits']),
    'waits',
  );
});

test('the line has an end, and so has patience; the problem says whose fault it is', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { slots, make, enter } = makeSlots();
  for (let i = 0; i < 3; i++) await enter('a');
  const refused = Array.from({ length: 3 }, () =>
    assert.rejects(slots.enter(make('a')), codeOf('too-many')),
  );
  await assert.rejects(slots.enter(make('a')), codeOf('too-many'));
  t.mock.timers.tick(LIMITS.waitMs);
  await Promise.all(refused);
});

test('whoever leaves the line is told so, and takes no place', async () => {
  const { slots, make, enter } = makeSlots();
  const holders = await Promise.all([enter('a'), enter('a'), enter('a')]);
  const gone = make('a');
  const refused = assert.rejects(slots.enter(gone), codeOf('conversation-gone'));
  slots.leave(gone);
  await refused;
  slots.leave(holders[0]!);
  await enter('a');
});
