/**
 * Who opens connections and holds them takes no place of others, from one address or from several, silent or signed in.
 * CONNECTIONS: how many.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { makeAccount } from '../../lib/accounts.ts';
import { type Attack, measureAttack } from '../../lib/attack-figures.ts';
import { WebClient } from '../../lib/client.ts';
import { readLog, startWith, stopAll } from '../../lib/intruder.ts';
import { findProcesses } from '../../lib/processes.ts';
import { upgradeRequest } from '../../lib/raw-flood.ts';
import type { Server } from '../../lib/server.ts';

const COUNT = Number(process.env.CONNECTIONS ?? '1200');
/** Of the gateway for so many connections: a TLS session costs some tens of KiB. */
const MOST_MIB = 100 + COUNT / 10;

let server: Server;
let eve: WebClient;
let other: WebClient;
let gateway: number;

before(async () => {
  const [one, two] = [makeAccount('eve-co'), makeAccount('ada-co')];
  server = await startWith(['www-connections-per-network=300']);
  eve = new WebClient(server.url, '127.0.0.66');
  other = new WebClient(server.url, '127.0.0.99');
  await eve.signIn(one.name, Buffer.from(one.password));
  await other.signIn(two.name, Buffer.from(two.password));
  gateway = findProcesses('dist/gateway.js').at(-1)!.pid;
});

after(async () => {
  eve?.close();
  other?.close();
  await stopAll(server);
});

type Opener = (address: string) => Socket;
const port = (): number => Number(new URL(server.url).port);
const silent: Opener = (localAddress) => connect({ host: '127.0.0.1', port: port(), localAddress });
const secure =
  (said: () => string): Opener =>
  (localAddress) => {
    const options = { host: '127.0.0.1', port: port(), localAddress, rejectUnauthorized: false };
    const socket = connectTls(options);
    socket.write(said());
    return socket;
  };
const half = secure(() => `GET / HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\n`);
const live = secure(() => upgradeRequest(eve, new URL('/api/live', eve.url)));

/** Opens this many, some in each turn, and holds what the server lets it hold. */
function hold(open: Opener, addresses: readonly string[], count: number): Attack {
  const held = new Set<Socket>();
  let opened = 0;
  const more = (): void => {
    for (let turn = 0; turn < 8 && opened < count; turn += 1) {
      const socket = open(addresses[opened++ % addresses.length]!);
      held.add(socket);
      socket.on('error', () => {}); // it was refused
      socket.on('close', () => held.delete(socket));
    }
    if (opened < count) setImmediate(more);
  };
  more();
  let since = 0;
  return {
    isOver: (asked) => {
      if (opened < count) since = asked;
      return asked > since + 30;
    },
    stop: () => {
      for (const socket of held) socket.destroy();
    },
    words: () => `${opened} opened, ${held.size} held`,
  };
}

const many = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `127.0.1.${at + 1}`);
for (const [name, open, addresses, count] of [
  ['silent ones of one address', silent, ['127.0.0.66'], COUNT],
  ['silent ones of many addresses, more than there are', silent, many(17), 4 * COUNT],
  ['half requests of one address', half, ['127.0.0.66'], COUNT],
  ['half requests of many addresses', half, many(17), COUNT],
  ['WebSockets of somebody who is signed in', live, ['127.0.0.66'], COUNT],
] as const) {
  test(`connections held: ${name}`, async (t) => {
    const ask = async (): Promise<void> => {
      const visitor = new WebClient(server.url, '127.0.0.98');
      assert.equal((await visitor.ask('GET', '/')).status, 200);
      visitor.close();
    };
    const grown = await measureAttack(t, gateway, ask, () => hold(open, addresses, count));
    assert.ok(grown < MOST_MIB, `the gateway grew by ${grown.toFixed(0)} MiB`);
    await other.home();
  });
}

test('the log says whose connections were ended, once in a while', () => {
  const lines = readLog().match(/.*too many connections, ending some.*/g) ?? [];
  assert.ok(lines.length > 0 && lines.length < 50, `${lines.length} lines`);
  assert.match(lines.join('\n'), /"network":"127\.0\.0\.66"/);
});
