/** Seals an answer to the key of the leader, after checking the signature of the key. */
import { readFileSync } from 'node:fs';
import type { ConversationId } from '../../protocol/ids.ts';
import { sealAnswer } from '../../protocol/seal-answer.ts';
import { importHostKey, refuseKey, type SignedKey } from '../../protocol/verify-key.ts';
import { RunError } from './run-error.ts';

export interface SealContext {
  readonly conversation: ConversationId;
  readonly user: string;
  /** The conversation key, to which answers are sealed. */
  readonly key: SignedKey | null;
  readonly hostKeyFile: string;
}

/** The caller wipes the secret. */
export function sealSecret(context: SealContext, prompt: number, secret: Uint8Array): Uint8Array {
  const { conversation, user, key, hostKeyFile } = context;
  if (key === null) throw new RunError('wanted a key to seal the answer to, got a question first');
  const hostKey = importHostKey(readFileSync(hostKeyFile));
  const why = refuseKey(hostKey, conversation, key);
  if (why !== null)
    throw new RunError(`wanted a key that is the leader's, got one that is not: ${why}`);
  const expires = Number(key.expires);
  return sealAnswer({ conversation, user, secret, prompt, expires }, key.public);
}
