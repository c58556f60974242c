/**
 * Answers the questions of the profile: the password of --password-stdin answers the first hidden question; the person
 * at the terminal answers all others, as with su.
 */
import type { Ask } from './answer-prompt.ts';

export interface Answers {
  readonly ask: Ask;
  /** Why a question was not answered, which explains more than PAM's error; null: all were answered. */
  readonly refused: () => string | null;
}

/** person: null without a terminal. password: null if there is none; the caller wipes it. */
export function answersFrom(password: Uint8Array | null, person: Ask | null): Answers {
  let unused = password;
  let refused: string | null = null;
  const ask: Ask = (text, hidden) => {
    if (hidden && unused !== null) {
      const copy = Buffer.allocUnsafeSlow(unused.length);
      copy.set(unused);
      unused = null;
      return copy;
    }
    if (person !== null) return person(text, hidden);
    refused ??= `it asks '${text.trim()}', which was not answered; ${remedy(password, hidden)}`;
    return null;
  };
  return { ask, refused: () => refused };
}

function remedy(password: Uint8Array | null, hidden: boolean): string {
  const ways = ["put 'auth sufficient pam_rootok.so' at the profile's top", 'run it on a terminal'];
  if (hidden && password === null) ways.unshift('use --password-stdin');
  return ways.join(', or ');
}
