/** A way into a session. All of them end at the same program, session-dump as the user's login shell. */
import type { Account } from '../lib/accounts.ts';
import { type Items, parseDump } from './items.ts';
import type { Screen } from './screen.ts';

export const WAYS = ['su', 'ssh', 'session', 'user'] as const;
export type WayName = (typeof WAYS)[number];
export const WAY_TITLES: Readonly<Record<WayName, string>> = {
  su: 'su - USER',
  ssh: 'ssh',
  session: 'Vestibule scope=session',
  user: 'Vestibule scope=user',
};

export interface Entering {
  readonly account: Account;
  /** In the order in which they are asked for; null: by root's word (su), by a key (ssh), by a ticket (Vestibule). */
  readonly answers: readonly string[] | null;
  readonly sshPassword: boolean;
  /** To be called when PAM has asked the first question. */
  readonly wasAsked: () => void;
}
export type Entered =
  | { readonly refused: true; readonly texts: readonly string[] }
  | {
      readonly refused: false;
      /** What PAM said above the program. */
      readonly texts: readonly string[];
      readonly items: Items;
      /** Of another program of the same session. */
      readonly second: () => Promise<Items>;
      /** Resolves when the session is closed. */
      readonly leave: () => Promise<void>;
    };
export type Way = (entering: Entering) => Promise<Entered>;

const DUMP = /@begin\r?\n([\s\S]*?)@end\r?\n/;

/** From what stands on a screen; null: the screen's program ended without. */
export async function readDump(screen: Pick<Screen, 'until'>, after = 0): Promise<Items | null> {
  const match = await screen.until(DUMP, after);
  return match === null ? null : parseDump(match[1]!);
}

/** What stands above the dump, line by line. */
export function textsOf(output: string): string[] {
  return output
    .split('@begin')[0]!
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** A session on a screen whose program is session-dump; it ends with the line that is typed. */
export async function enteredOn(screen: Screen, own: RegExp): Promise<Entered> {
  const items = await readDump(screen);
  const texts = textsOf(screen.output()).filter((line) => !own.test(line));
  if (items === null) return { refused: true, texts };
  return {
    refused: false,
    texts,
    items,
    second: async () => {
      const after = screen.output().length;
      screen.type('second');
      return (await readDump(screen, after)) ?? new Map();
    },
    leave: async () => {
      screen.type('');
      await screen.ended;
    },
  };
}
