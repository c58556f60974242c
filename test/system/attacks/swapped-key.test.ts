/** A broker that puts in a key of its own, to read the answers: the gateway tells by the host key, and shows no prompt. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server as NetServer } from 'node:net';
import { after, before, test } from 'node:test';
import { KEY_SIGNATURE_CONTEXT, PATHS } from '../../../src/protocol/broker-leader.ts';
import { FrameStream } from '../../../src/protocol/frame.ts';
import { type BrokerSignInStep, MAX_FRAME } from '../../../src/protocol/gateway-broker.ts';
import { parseJson } from '../../../src/protocol/json-frame.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { WebClient } from '../../lib/client.ts';
import { logged, readLog, startWith, stopAll } from '../../lib/intruder.ts';
import { findProcesses } from '../../lib/processes.ts';
import type { Server } from '../../lib/server.ts';

type Prompts = Extract<BrokerSignInStep, { kind: 'prompts' }>;
type Key = Prompts['key'];

const hidden = `${PATHS.run}/broker/real`;
const attacker = generateKeyPairSync('x25519');
const raw = Buffer.from(attacker.publicKey.export({ format: 'jwk' }).x!, 'base64url');
const signer = generateKeyPairSync('ed25519');
let server: Server;
let ada: Account;
let proxy: NetServer;
/** What the false broker does to the key of a sign-in; and all that it was sent. */
let swap: (step: Prompts) => Key = ({ key }) => key;
let sent = '';
let lastKey: Key | undefined;

/** Everything passes as it is but the key. */
function serveBetween(): NetServer {
  return createServer((socket) => {
    const gateway = new FrameStream(socket, MAX_FRAME);
    const broker = new FrameStream(connect(hidden), MAX_FRAME);
    gateway.listen({
      frame: (payload) => {
        sent += payload.toString('latin1');
        broker.send(payload);
      },
      close: () => broker.destroy(),
    });
    broker.listen({
      frame: (payload) => gateway.send(change(payload)),
      close: () => gateway.destroy(),
    });
  });
}

function change(payload: Buffer): Uint8Array {
  const message = parseJson(payload) as { id?: number; ok?: BrokerSignInStep };
  if (message.ok?.kind !== 'prompts') return payload;
  const key = swap(message.ok);
  lastKey = message.ok.key;
  return Buffer.from(JSON.stringify({ ...message, ok: { ...message.ok, key } }));
}

before(async () => {
  ada = makeAccount('ada-sk');
  server = await startWith();
  renameSync(PATHS.brokerForGateway, hidden);
  proxy = serveBetween();
  proxy.listen(PATHS.brokerForGateway);
  await once(proxy, 'listening');
  execFileSync('chown', ['root:vestibule-web', PATHS.brokerForGateway]);
  chmodSync(PATHS.brokerForGateway, 0o660);
  const from = readLog().length;
  process.kill(findProcesses('/dist/gateway.js')[0]!.pid, 'SIGKILL');
  await logged(/"event":"broker connected"/, from);
});

after(async () => {
  proxy?.close();
  rmSync(PATHS.brokerForGateway, { force: true });
  renameSync(hidden, PATHS.brokerForGateway);
  await stopAll(server);
});

async function assertRefused(why: string): Promise<void> {
  const client = new WebClient(server.url);
  const from = readLog().length;
  sent = '';
  await assert.rejects(client.signIn(ada.name, Buffer.from(ada.password)), {
    status: 503,
    message: /sign-in-unavailable/,
  });
  await logged(new RegExp(`"request failed".*conversation key refused: ${why}`), from);
  // The leader is told, and nobody was asked for anything.
  await logged(/vestibule-leader.*(no answer came|connection of the broker closed)/, from);
  assert.match(sent, /"type":"sign-in-cancel"/);
  assert.doesNotMatch(sent, /"sign-in-answer"/);
  client.close();
}

test('without a change the false broker is an honest one', async () => {
  const client = new WebClient(server.url);
  await client.signIn(ada.name, Buffer.from(ada.password));
  assert.match(sent, /"sign-in-answer"/);
  client.close();
});

test('its own key under the leader’s signature', async () => {
  swap = ({ key }) => ({ ...key, public: raw.toString('base64') });
  await assertRefused('the host key did not sign it');
});

test('its own key under its own signature', async () => {
  swap = ({ key, conversation }) => {
    const expires = Buffer.alloc(8);
    expires.writeBigUInt64BE(BigInt(key.expires));
    const context = Buffer.from(KEY_SIGNATURE_CONTEXT);
    const text = Buffer.concat([context, Buffer.from(conversation, 'hex'), raw, expires]);
    const signature = sign(null, text, signer.privateKey).toString('base64');
    return { public: raw.toString('base64'), expires: key.expires, signature };
  };
  await assertRefused('the host key did not sign it');
});

test('the key of an earlier conversation, which the host key did sign', async () => {
  const earlier = lastKey!;
  swap = () => earlier;
  await assertRefused('the host key did not sign it');
});

test('the leader’s key with another expiry, or none that a signature has', async () => {
  for (const more of [-1, 3_600_000]) {
    swap = ({ key }) => ({ ...key, expires: key.expires + more });
    await assertRefused('the host key did not sign it');
  }
  swap = ({ key }) => ({ ...key, signature: '' });
  await assertRefused('the host key did not sign it');
  swap = ({ key }) => ({ ...key, public: key.public.slice(0, 40) });
  await assertRefused('it has 30 bytes, wanted 32');
});

test('and then an honest sign-in works again', async () => {
  swap = ({ key }) => key;
  const client = new WebClient(server.url);
  await client.signIn(ada.name, Buffer.from(ada.password));
  client.close();
});
