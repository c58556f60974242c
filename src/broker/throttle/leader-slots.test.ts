import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProblemError } from '../problem.ts';
import type { Conversation } from '../sign-in/conversation.ts';
import { LeaderSlots } from './leader-slots.ts';

const LIMITS = { total: 4, perNetwork: 3, waiting: 3, waitMs: 1000, idleMs: 20_000 };

/** What slots see of a conversation; ended: why it was. */
interface Fake extends Pick<Conversation, 'origin' | 'idleSince'> {
  ended: string | null;
}

function makeSlots() {
  const clock = { now: 100_000 };
  const slots = new LeaderSlots(() => clock.now, LIMITS);
  const make = (address: string): Fake & Conversation => {
    const fake = {
      origin: { address, userAgent: '' },
      idleSince: null,
      ended: null as string | null,
      end: (detail: string) => {
        fake.ended = detail;
        slots.leave(fake as unknown as Conversation);
      },
    };
    return fake as unknown as Fake & Conversation;
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

test('who lets PAM wait gives way, in the address that is full or in the greediest', async () => {
  const { clock, slots, make, enter } = makeSlots();
  const idle = await enter('a');
  const busy = await enter('a');
  const younger = await enter('a');
  idle.idleSince = clock.now;
  clock.now += 1;
  younger.idleSince = clock.now;
  clock.now += LIMITS.idleMs;
  await enter('a');
  assert.deepEqual(
    [idle.ended, busy.ended, younger.ended],
    ['others wait for its place', null, null],
  );
  await enter('b');
  await enter('c');
  assert.deepEqual([busy.ended, younger.ended], [null, 'others wait for its place']);
  slots.leave(make('d'));
});

test('when nobody holds more than one, nobody is ended for a newcomer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { clock, slots, make, enter } = makeSlots();
  const holders = await Promise.all(['a', 'b', 'c', 'd'].map(enter));
  for (const holder of holders) holder.idleSince = clock.now;
  clock.now += LIMITS.idleMs;
  const refused = assert.rejects(slots.enter(make('e')), codeOf('sign-in-busy'));
  t.mock.timers.tick(LIMITS.waitMs);
  await refused;
  assert.deepEqual(
    holders.map(({ ended }) => ended),
    [null, null, null, null],
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
