/** What is typed: kept without a connection, sent again once, and the page's own keys. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../protocol/codec.ts';
import { toSession } from '../../protocol/gateway-session.ts';
import { cleanPaste, MOST_WRITTEN, readClipboardWrite } from './clipboard.ts';
import { MOST_WAITING } from './input-log.ts';
import { withControl } from './key-bar.ts';
import { Keyboard } from './keyboard.ts';
import { DEAD_MS, Liveness, QUIET_MS } from './liveness.ts';
import { findShortcut } from './shortcuts.ts';

function makeKeyboard() {
  const sent: string[] = [];
  const said: string[] = [];
  const keyboard = new Keyboard({
    send: (frame) => {
      const message = decode(toSession, frame);
      if (message.name === 'input') sent.push(Buffer.from(message.data).toString());
    },
    onWaiting: (bytes, full) => said.push(`${bytes}${full ? ' full' : ''}`),
    onDoubt: () => said.push('doubt'),
  });
  const type = (text: string): void => keyboard.type(Buffer.from(text));
  return { keyboard, sent, said, type };
}

test('what is typed before the first connection waits for it', () => {
  const { keyboard, sent, said, type } = makeKeyboard();
  type('l');
  type('s');
  assert.deepEqual([sent, said], [[], ['1', '2']]);
  keyboard.join(0n);
  assert.deepEqual(sent, ['ls']);
});

test('a new connection sends what the program has not had, and only that', () => {
  const { keyboard, sent, said, type } = makeKeyboard();
  keyboard.join(0n);
  type('abc');
  type('def');
  keyboard.lose();
  type('g');
  keyboard.join(4n);
  assert.deepEqual(sent, ['abc', 'def', 'efg']);
  keyboard.forget(7n);
  keyboard.lose();
  keyboard.join(7n);
  assert.deepEqual([sent.length, said], [3, ['1']]);
});

test('more than a few lines without a connection is refused, and said to be', () => {
  const { keyboard, sent, said, type } = makeKeyboard();
  type('x'.repeat(MOST_WAITING));
  type('y');
  assert.deepEqual(said, [`${MOST_WAITING}`, `${MOST_WAITING} full`]);
  keyboard.join(0n);
  assert.equal(sent.join(''), 'x'.repeat(MOST_WAITING));
});

test('a session-host that has forgotten this page: nothing is typed twice, and the doubt is said', () => {
  const { keyboard, sent, said, type } = makeKeyboard();
  keyboard.join(0n);
  type('rm x\r');
  keyboard.forget(5n);
  type('y');
  keyboard.lose();
  keyboard.join(0n);
  assert.deepEqual([sent, said], [['rm x\r', 'y'], ['doubt']]);
  type('z');
  keyboard.lose();
  keyboard.join(1n);
  assert.deepEqual(sent, ['rm x\r', 'y', 'z']);
});

test('a connection is asked after silence, and dead without an answer', () => {
  const timers: { run: () => void; ms: number }[] = [];
  const said: string[] = [];
  const liveness = new Liveness({
    ask: () => said.push('ask'),
    dead: () => said.push('dead'),
    later: (run, ms) => {
      timers.push({ run, ms });
      return timers.length as unknown as ReturnType<typeof setTimeout>;
    },
  });
  liveness.said();
  liveness.said();
  assert.deepEqual(
    timers.map(({ ms }) => ms),
    [QUIET_MS],
  );
  timers[0]!.run();
  assert.equal(timers[1]!.ms, DEAD_MS);
  liveness.ask();
  assert.deepEqual(said, ['ask']);
  timers[1]!.run();
  assert.deepEqual(said, ['ask', 'dead']);
  liveness.stop();
  liveness.said();
  liveness.heard();
  liveness.said();
  assert.equal(timers.length, 4);
});

test('what is pasted holds no keys', () => {
  assert.equal(
    cleanPaste('ls\r\n\x1b[201~rm -rf ~\x03\x7f\u009b5nä\t👍'),
    'ls\r\n[201~rm -rf ~5nä\t👍',
  );
});

test('OSC 52: text to be written, and nothing else', () => {
  const write = (text: string): string => `c;${Buffer.from(text).toString('base64')}`;
  assert.equal(readClipboardWrite(write('grüße')), 'grüße');
  assert.equal(readClipboardWrite(`;${write('x').slice(2)}`), 'x');
  for (const wrong of ['c;?', '?', 'c;', '', 'c;%%%', 'x;eA==', 'c;gA==']) {
    assert.equal(readClipboardWrite(wrong), null, wrong);
  }
  assert.equal(readClipboardWrite(write('x'.repeat(MOST_WRITTEN)))?.length, MOST_WRITTEN);
  assert.equal(readClipboardWrite(write('x'.repeat(MOST_WRITTEN + 1))), null);
});

test('which keys are the page’s', () => {
  const press = (keys: string, mac = false) => {
    const names = keys.split(' ');
    const key = names.at(-1)!;
    const held = (name: string): boolean => names.slice(0, -1).includes(name);
    const modifiers = { ctrlKey: held('ctrl'), shiftKey: held('shift') };
    const more = { altKey: held('alt'), metaKey: held('meta') };
    return findShortcut({ key, code: '', ...modifiers, ...more }, mac);
  };
  assert.equal(press('ctrl shift C'), 'copy');
  assert.equal(press('ctrl Insert'), 'copy');
  assert.equal(press('ctrl shift V'), 'paste');
  assert.equal(press('shift Insert'), 'paste');
  assert.equal(press('meta c', true), 'copy');
  assert.equal(press('meta v', true), 'paste');
  assert.equal(press('ctrl shift F'), 'find');
  assert.equal(press('meta f', true), 'find');
  assert.equal(press('ctrl shift F6'), 'leave');
  assert.equal(press('ctrl +'), 'larger');
  assert.equal(press('ctrl ='), 'larger');
  assert.equal(press('ctrl shift +'), 'larger');
  assert.equal(press('meta =', true), 'larger');
  assert.equal(press('ctrl -'), 'smaller');
  assert.equal(press('ctrl 0'), 'normal');
  // The program's: interrupt, literal next, readline's undo, a compose key, what Windows and Linux do with theirs.
  for (const keys of [
    'ctrl c',
    'ctrl v',
    'ctrl shift _',
    'ctrl alt +',
    'meta c',
    'c',
    'Insert',
    'F6',
  ]) {
    assert.equal(press(keys), null, keys);
  }
});

test('control characters of the key bar', () => {
  assert.deepEqual(['c', 'C', '[', '@', ' ', '?', '_'].map(withControl), [
    ...['\x03', '\x03', '\x1b', '\0', '\0', '\x7f', '\x1f'],
  ]);
  assert.deepEqual(['1', 'ä', 'é'].map(withControl), ['1', 'ä', 'é']);
});
