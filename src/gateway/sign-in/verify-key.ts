/** Checks that the host key signed the broker's conversation key, and gives it in the page's form. */
import type { KeyObject } from 'node:crypto';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { ConversationKey } from '../../protocol/page-gateway.ts';
import { refuseKey } from '../../protocol/verify-key.ts';
import { Failure } from '../problem.ts';

type SignedKey = Extract<BrokerSignInStep, { kind: 'prompts' }>['key'];

/** Throws 'sign-in-unavailable' unless the key is the leader's, for this conversation. */
export function verifyKey(
  hostKey: KeyObject,
  conversation: ConversationId,
  key: SignedKey,
): ConversationKey {
  const signed = {
    public: Buffer.from(key.public, 'base64'),
    expires: BigInt(key.expires),
    signature: Buffer.from(key.signature, 'base64'),
  };
  const refusal = refuseKey(hostKey, conversation, signed);
  if (refusal !== null) {
    throw new Failure('sign-in-unavailable', `conversation key refused: ${refusal}`);
  }
  return { public: signed.public.toString('base64'), expires: key.expires };
}
