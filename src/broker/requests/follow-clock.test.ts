import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROWSER, type BrokerFixture, startFixture } from '../../../test/fakes/broker-fixture.ts';
import { revokeExpired } from '../tickets/revoke-tickets.ts';
import { followClock } from './follow-clock.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const YEAR = 365 * DAY;

/** The steps of the clean-up that depend on the clock. */
function cleanUp({ broker }: BrokerFixture): void {
  followClock(broker);
  revokeExpired(broker);
}

for (const jump of [DAY, -DAY, YEAR, -YEAR]) {
  test(`a clock set by ${jump / DAY} days ends no sign-in and makes none longer, also over a restart`, async (t) => {
    const fixture = await startFixture(t);
    const { gateway } = fixture;
    const { ticket, info } = await gateway.signIn('ada');
    const { id: session } = await gateway.start(ticket);
    const code = (await gateway.ask('session-enter', { ticket, session, browser: BROWSER })).code!;
    fixture.wallAheadMs = jump;
    await gateway.ask('ticket-check', { ticket, active: false });
    cleanUp(fixture);
    const after = await gateway.ask('ticket-check', { ticket, active: false });
    assert.deepEqual([after.idleMs, after.absoluteMs], [info.idleMs, info.absoluteMs]);
    await gateway.ask('session-pass', { code, session, browser: BROWSER });
    const { sessions, now } = await gateway.ask('session-list', { ticket });
    assert.ok(sessions[0]!.started <= now && sessions[0]!.started > now - MINUTE);
    assert.equal(fixture.audit().at(-1)?.event, 'clock-set');
    await fixture.restart();
    const later = await fixture.gateway.ask('ticket-check', { ticket, active: false });
    assert.ok(later.absoluteMs <= info.absoluteMs && later.absoluteMs > info.absoluteMs - MINUTE);
    fixture.skipMs = 61 * MINUTE;
    await fixture.gateway.refusedAs('not-signed-in', 'ticket-check', { ticket, active: true });
  });
}

test('what a clock that was a year ahead wrote lasts no longer than it may, and is not of the future', async (t) => {
  const fixture = await startFixture(t);
  fixture.wallAheadMs = YEAR;
  fixture.machine.grantMs = YEAR + 7 * DAY;
  await fixture.restart();
  const { ticket } = await fixture.gateway.signIn('ada');
  const { id } = await fixture.gateway.start(ticket);
  await fixture.restart(() => {
    fixture.wallAheadMs = 0;
  });
  const { absoluteMs, idleMs } = await fixture.gateway.ask('ticket-check', {
    ticket,
    active: false,
  });
  assert.deepEqual([absoluteMs <= 7 * DAY, idleMs <= 60 * MINUTE], [true, true]);
  const { sessions, now } = await fixture.gateway.ask('session-list', { ticket });
  assert.equal(sessions[0]?.id, id);
  assert.ok(sessions[0].started <= now);
  // The times are corrected once, not again at each restart.
  fixture.skipMs = 59 * MINUTE;
  await fixture.restart();
  fixture.skipMs = 61 * MINUTE;
  await fixture.gateway.refusedAs('not-signed-in', 'ticket-check', { ticket, active: false });
});
