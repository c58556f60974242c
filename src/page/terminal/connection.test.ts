import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { encode, type MessageOf } from '../../protocol/codec.ts';
import { fromSession, SESSION_PROTOCOL_VERSION } from '../../protocol/gateway-session.ts';
import { readHello } from '../../protocol/socket-hello.ts';
import { Connection } from './connection.ts';
import type { Screen } from './screen.ts';

const SIZE = { rows: 24, columns: 80 };
const text = (data: string): Uint8Array => new TextEncoder().encode(data);

/** What the browser gives a page, as far as a connection uses it. */
class FakeSocket {
  static readonly all: FakeSocket[] = [];
  readonly url: string;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBufferLike }) => void) | null = null;
  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(): void {}
  close(): void {}
  /** Where the page wants the output from. */
  get from(): bigint {
    return readHello(this.url).from;
  }
  tell(message: MessageOf<typeof fromSession>): void {
    this.onmessage!({ data: Uint8Array.from(encode(fromSession, message)).buffer });
  }
  /** As session-host greets: it has the output from there. */
  greet(from: bigint): void {
    this.onopen!();
    const version = SESSION_PROTOCOL_VERSION;
    this.tell({ name: 'hello', version, taken: 0n, from, seen: 0n, ...SIZE });
  }
}
Object.assign(globalThis, {
  WebSocket: FakeSocket,
  addEventListener: () => {},
  document: { addEventListener: () => {}, visibilityState: 'visible' },
});
// A page reconnects for ever.
mock.timers.enable({ apis: ['setTimeout'] });

function setUp() {
  FakeSocket.all.length = 0;
  const shown: string[] = [];
  const write = (data: Uint8Array, done: () => void): void => {
    if (data.length > 0) shown.push(new TextDecoder().decode(data));
    done();
  };
  const showPast: Screen['showPast'] = (_, lost, draw) => {
    shown.push(`${lost} lost`);
    draw();
  };
  const screen = { own: SIZE, terminal: { write }, showPast, restoreOwnSize: () => {} };
  const ignore = (): void => {};
  const connection = new Connection({
    url: 'wss://host/socket',
    screen: screen as unknown as Screen,
    entered: false,
    onState: ignore,
    onWaiting: ignore,
    onDoubt: ignore,
    onJobs: ignore,
    onExit: ignore,
  });
  const reconnect = (): FakeSocket => {
    connection.tryNow();
    return FakeSocket.all.at(-1)!;
  };
  return { first: FakeSocket.all[0]!, reconnect, shown };
}

test('a new connection asks for what follows the last byte', () => {
  const { first, reconnect } = setUp();
  assert.equal(first.from, 0n);
  first.greet(0n);
  first.tell({ name: 'output', data: text('abc') });
  assert.equal(reconnect().from, 3n);
});

test('a screen that was cut is asked for again, with all that was lost before it', () => {
  const { first, reconnect, shown } = setUp();
  first.greet(0n);
  first.tell({ name: 'output', data: text('abc') });
  const second = reconnect();
  second.greet(100n);
  second.tell({ name: 'gap', to: 100n, ...SIZE });
  second.tell({ name: 'screen', last: 0, data: text('half') });
  const third = reconnect();
  assert.equal(third.from, 3n);
  third.greet(120n);
  const fourth = reconnect();
  assert.equal(fourth.from, 3n);
  fourth.greet(120n);
  fourth.tell({ name: 'gap', to: 120n, ...SIZE });
  fourth.tell({ name: 'screen', last: 1, data: text('whole') });
  fourth.tell({ name: 'output', data: text('de') });
  assert.deepEqual(shown, ['abc', '117 lost', 'whole', 'de']);
  assert.equal(reconnect().from, 122n);
});
