/** A sign-in as bytes on a connection that is there. */
import type { SignInStep } from '../../src/protocol/page-gateway.ts';
import type { Account } from '../../test/lib/accounts.ts';
import { sealAll } from '../../test/lib/client.ts';
import { Wire } from './wire.ts';

export function openWire(): Promise<Wire> {
  return Wire.open(new URL('https://127.0.0.1:8787/'));
}

/** Milliseconds of both requests; sealing between them is left out. */
export async function signInOn(wire: Wire, { name, password }: Account): Promise<number> {
  const asked = await wire.post('/api/sign-in', { user: name });
  const step = JSON.parse(asked.body) as SignInStep;
  if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${asked.body}`);
  const answers = sealAll(name, step, [Buffer.from(password)]);
  const answered = await wire.post(`/api/sign-in/${step.conversation}`, { answers }, asked.cookie);
  if (!answered.body.includes('"signed-in"')) throw new Error(`wanted a ticket: ${answered.body}`);
  return asked.took + answered.took;
}
