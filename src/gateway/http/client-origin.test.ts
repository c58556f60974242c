import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { clientAddress, listProxies } from './client-origin.ts';

const request = (remoteAddress: string, ...forwarded: string[]) =>
  ({
    socket: { remoteAddress },
    headersDistinct: forwarded.length > 0 ? { 'x-forwarded-for': forwarded } : {},
  }) as unknown as IncomingMessage;

for (const [what, proxies, incoming, address] of [
  ['no proxies', '', request('192.0.2.1', '203.0.113.1'), '192.0.2.1'],
  [
    'another than the proxy connects',
    '192.0.2.1',
    request('192.0.2.2', '203.0.113.1'),
    '192.0.2.2',
  ],
  [
    'what the client wrote itself',
    '192.0.2.1',
    request('192.0.2.1', '10.0.0.1, 203.0.113.1'),
    '203.0.113.1',
  ],
  ['the header twice', '192.0.2.1', request('192.0.2.1', '10.0.0.1', '203.0.113.1'), '203.0.113.1'],
  [
    'two proxies',
    '192.0.2.1,192.0.2.9',
    request('192.0.2.9', '10.0.0.1,203.0.113.1,192.0.2.1'),
    '203.0.113.1',
  ],
  ['only proxies', '192.0.2.1,192.0.2.9', request('192.0.2.9', '192.0.2.1'), '192.0.2.1'],
  ['no header', '192.0.2.1', request('192.0.2.1'), '192.0.2.1'],
  ['an empty header', '192.0.2.1', request('192.0.2.1', ''), '192.0.2.1'],
  ['no address in it', '192.0.2.1', request('192.0.2.1', '203.0.113.1, unknown'), '192.0.2.1'],
  ['a port behind it', '192.0.2.1', request('192.0.2.1', '203.0.113.1:4711'), '192.0.2.1'],
  ['IPv4 in IPv6', '192.0.2.1', request('::ffff:192.0.2.1', '::ffff:203.0.113.1'), '203.0.113.1'],
  [
    'an IPv4 proxy written as IPv6',
    '::ffff:192.0.2.1',
    request('192.0.2.1', '203.0.113.1'),
    '203.0.113.1',
  ],
  ['another spelling', '2001:db8:0::1', request('2001:DB8::1', '2001:db8::7'), '2001:db8::7'],
  ['a socket that is gone', '192.0.2.1', request(undefined as never, '203.0.113.1'), ''],
] as const) {
  test(`${what}: the client is '${address}'`, () => {
    assert.equal(
      clientAddress({ proxies: listProxies(proxies.split(',').filter(Boolean)) }, incoming),
      address,
    );
  });
}
