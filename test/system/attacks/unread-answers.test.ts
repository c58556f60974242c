/** Who asks and never reads the answers costs the gateway no memory, and others nothing. FLOOD_MB: how much they ask. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { encode } from '../../../src/protocol/codec.ts';
import { FROM_START, toSession } from '../../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { writeHello } from '../../../src/protocol/socket-hello.ts';
import { makeAccount } from '../../lib/accounts.ts';
import { measureAttack } from '../../lib/attack-figures.ts';
import { WebClient } from '../../lib/client.ts';
import { startWith, stopAll } from '../../lib/intruder.ts';
import { findProcesses } from '../../lib/processes.ts';
import { browserFrame, flood, openUnread, openUnreadSocket } from '../../lib/raw-flood.ts';
import type { Server } from '../../lib/server.ts';

const BYTES = Number(process.env.FLOOD_MB ?? '12') * 1_000_000;
/** It grows by some tens of MiB with much to do; one that kept every answer grew by 317 with 12 MB. */
const MOST_MIB = 120;

let server: Server;
let eve: WebClient;
let other: WebClient;
let gateway: number;
let session: SessionId;
let origin: URL;

before(async () => {
  const [one, two] = [makeAccount('eve-ua'), makeAccount('ada-ua')];
  server = await startWith();
  eve = new WebClient(server.url);
  other = new WebClient(server.url);
  await eve.signIn(one.name, Buffer.from(one.password));
  await other.signIn(two.name, Buffer.from(two.password));
  session = (await eve.startTerminal()).id;
  origin = await eve.enter(session);
  gateway = findProcesses('dist/gateway.js').at(-1)!.pid;
});

after(async () => {
  eve?.close();
  other?.close();
  await stopAll(server);
});

const terminal = (): Promise<TLSSocket> => {
  const hello = writeHello({ viewer: 0n, from: FROM_START, rows: 24, columns: 80 });
  return openUnreadSocket(eve, new URL(`/s/${session}/socket${hello}`, origin));
};
const live = (): Promise<TLSSocket> => openUnreadSocket(eve, new URL('/api/live', server.url));
const home = (): Promise<TLSSocket> => openUnread(new URL(server.url));
const request = (path: string): Buffer =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nhost: ${new URL(server.url).host}\r\ncookie: ${eve.cookieHeader('/')}\r\n\r\n`,
  );

for (const [name, open, piece] of [
  ['"are you alive"', terminal, () => browserFrame(2, encode(toSession, { name: 'check' }))],
  ['pings to a terminal', terminal, () => browserFrame(9, Buffer.alloc(0))],
  ['long pings to the live socket', live, () => browserFrame(9, Buffer.alloc(125))],
  [
    'keys',
    terminal,
    () => browserFrame(2, encode(toSession, { name: 'input', data: Buffer.from('x') })),
  ],
  ['requests for the page', home, () => request('/')],
  ['requests for a script', home, () => request('/favicon.ico')],
  ['requests that are refused', home, () => request(`/${'x'.repeat(100)}`)],
] as const) {
  test(`${name}, and no answer read`, async (t) => {
    const socket = await open();
    const ask = () => other.askJson('GET', '/api/home');
    const grown = await measureAttack(t, gateway, ask, () => flood(socket, piece(), BYTES));
    assert.ok(grown < MOST_MIB, `the gateway grew by ${grown.toFixed(0)} MiB`);
  });
}
