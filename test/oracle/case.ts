/** One module, or one profile of a distribution, in one stack that all programs take. */
import type { Account } from '../lib/accounts.ts';
import type { Items } from './items.ts';
import type { WayName } from './way.ts';

export interface Case {
  /** A module as people call it, and what about it. */
  readonly name: string;
  /** Of the service files of su, sshd and the session profile; also of sign-in when it asks. */
  readonly stack: readonly string[];
  /** Asks the person: how they answer. Absent: nothing is asked (root, a key, a ticket). */
  readonly answers?: (account: Account) => readonly string[];
  /** Absent: one of its own. */
  readonly account?: () => Account;
  /** Once. */
  readonly prepare?: (account: Account) => void | Promise<void>;
  /** Before each way, so that none finds what another has left. */
  readonly reset?: (account: Account) => void | Promise<void>;
  /** After each way: what a reset did to the whole machine. */
  readonly restore?: () => void;
  /** An item says whether the outcome took at least these milliseconds. */
  readonly timed?: number;
  /** Whether a second program of the session is looked at. */
  readonly second?: boolean;
  /** What shows that the module did its work, on every way that let in: an item's value, or a pattern of it. */
  readonly shows: Readonly<Record<string, string | RegExp>>;
  /** A way whose program cannot show it. */
  readonly lacking?: WayName;
  /** More items, while the session is open and when it is closed. */
  readonly during?: (account: Account, items: Items) => Items;
  readonly afterwards?: (account: Account) => Items;
  /** ssh gives the password itself, as PAM's data of one process then reach its session (pam_krb5). */
  readonly sshPassword?: boolean;
  /** Items that are compared; absent: all. */
  readonly only?: RegExp;
  /** The session goes by `vestibule run --password-stdin`: PAM gets the password. */
  readonly run?: true;
}

export interface StackParts {
  /** Before the line that lets root in: modules that act in pam_setcred. */
  readonly auth?: readonly string[];
  /** What asks, behind the line that lets root in. */
  readonly identify?: readonly string[];
  readonly account?: readonly string[];
  readonly session?: readonly string[];
}

const UNIX = ['required pam_unix.so nodelay'];

/** A profile in the manner of Debian's su, around the module's lines. */
export function stackOf({
  auth = [],
  identify = UNIX,
  account = [],
  session = [],
}: StackParts): readonly string[] {
  return [
    ...auth.map((line) => `auth ${line}`),
    'auth sufficient pam_rootok.so',
    ...identify.map((line) => `auth ${line}`),
    ...account.map((line) => `account ${line}`),
    ...(account.includes('required pam_unix.so') ? [] : ['account required pam_unix.so']),
    ...session.map((line) => `session ${line}`),
    'session required pam_unix.so',
  ];
}
