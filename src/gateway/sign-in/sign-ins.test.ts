/** Where a person is signed in, by the page's API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFixture } from '../../../test/fakes/gateway-fixture.ts';
import type { SignIns } from '../../protocol/page-gateway.ts';

type Fixture = Awaited<ReturnType<typeof startFixture>>;

async function list(gateway: Fixture, cookie: string) {
  const answer = await gateway.ask('/api/sign-ins', { cookie });
  assert.equal(answer.status, 200);
  return (JSON.parse(answer.text) as SignIns).signIns;
}
const remove = (gateway: Fixture, path: string, cookie: string) =>
  gateway.ask(path, { method: 'DELETE', cookie });

test('the list needs a ticket, says which one asked, and does not keep it alive', async (t) => {
  const gateway = await startFixture(t);
  assert.equal((await gateway.ask('/api/sign-ins')).status, 401);
  const first = await gateway.signIn('alice');
  await gateway.signIn('alice');
  const signIns = await list(gateway, first);
  assert.deepEqual(
    signIns.map(({ current }) => current),
    [true, false],
  );
  assert.equal(gateway.countAsked('ticket-check'), 0);
});

test('one elsewhere is signed out, at once; the own one with its cookie', async (t) => {
  const gateway = await startFixture(t);
  const here = await gateway.signIn('alice');
  const there = await gateway.signIn('alice');
  const [own, other] = await list(gateway, here);
  const out = await remove(gateway, `/api/sign-ins/${other!.id}`, here);
  assert.deepEqual([out.status, out.cookies], [204, []]);
  assert.equal((await gateway.ask('/api/home', { cookie: there })).status, 401);
  assert.equal((await remove(gateway, `/api/sign-ins/${other!.id}`, here)).status, 404);
  assert.equal((await remove(gateway, '/api/sign-ins/x', here)).status, 404);
  const last = await remove(gateway, `/api/sign-ins/${own!.id}`, here);
  assert.equal(last.status, 204);
  assert.match(
    last.headers['set-cookie']![0]!,
    /^__Host-Http-vestibule-ticket=; Path=\/; Max-Age=0;/,
  );
});

test('everywhere: all are signed out; without a broker nobody is, and the cookie stays', async (t) => {
  const gateway = await startFixture(t);
  const all = [await gateway.signIn('alice'), await gateway.signIn('alice')];
  const foreign = await gateway.signIn('bob');
  assert.equal((await remove(gateway, '/api/sign-ins', '')).status, 401);
  const out = await remove(gateway, '/api/sign-ins', all[0]!);
  assert.equal(out.status, 204);
  assert.match(
    out.headers['set-cookie']![0]!,
    /^__Host-Http-vestibule-ticket=; Path=\/; Max-Age=0;/,
  );
  for (const cookie of all) assert.equal((await gateway.ask('/api/home', { cookie })).status, 401);
  assert.equal((await gateway.ask('/api/home', { cookie: foreign })).status, 200);
  await gateway.killBroker();
  const late = await remove(gateway, '/api/sign-ins', foreign);
  assert.deepEqual([late.status, late.cookies], [503, []]);
});
