/** An account's owner in front of a browser. Each browser has an address of its own: failures of one lock no other. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { type Account, makeAccount } from './accounts.ts';
import { Refused, WebClient } from './client.ts';

let lastAddress = 1;
let nextUid = randomInt(1_000_000, 2_000_000_000);

export function makeClient(): WebClient {
  const number = ++lastAddress;
  const from = `127.${1 + ((number >> 16) & 63)}.${(number >> 8) & 255}.${number & 255}`;
  return new WebClient('https://127.0.0.1:8787', from);
}

/** The kernel counts keys by uid, of all sandboxes together: this one's are its own. */
export function makePrivateAccount(name: string): Account {
  const account = makeAccount(name);
  const uid = nextUid++;
  execFileSync('usermod', ['-u', String(uid), name]);
  return { ...account, uid };
}

/** A browser of its own in which this account has signed in. */
export async function signInAs({ name, password }: Account): Promise<WebClient> {
  const client = makeClient();
  await client.signIn(name, Buffer.from(password));
  return client;
}

/** The code of the problem, 'connection' when it ended before the answer, null when it went well. */
export type Verdict = string | null;

export async function judge(work: Promise<unknown>): Promise<Verdict> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.problem.code;
    if (/^(ECONNRESET|ECONNREFUSED|EPIPE)$/.test((error as NodeJS.ErrnoException).code ?? '')) {
      return 'connection';
    }
    throw error;
  }
}

export class Person {
  readonly account: Account;
  /** With a ticket; null: signed out. */
  client: WebClient | null = null;

  constructor(account: Account) {
    this.account = account;
  }

  async signIn(): Promise<Verdict> {
    const client = makeClient();
    const { name, password } = this.account;
    const verdict = await judge(client.signIn(name, Buffer.from(password)));
    if (verdict === null) this.take(client);
    else client.close();
    return verdict;
  }

  async signInWrongly(): Promise<Verdict> {
    const client = makeClient();
    try {
      return await judge(client.signIn(this.account.name, Buffer.from('not the password')));
    } finally {
      client.close();
    }
  }

  /** `between`: what happens while the password is typed. */
  async signInSlowly(between: () => Promise<void>): Promise<Verdict> {
    const client = makeClient();
    const { name, password } = this.account;
    const step = await client.beginSignIn(name);
    if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);
    await between();
    const verdict = await judge(client.answer(name, step, [Buffer.from(password)]));
    if (verdict === null) this.take(client);
    else client.close();
    return verdict;
  }

  async signOut(): Promise<void> {
    await this.client?.signOut();
    this.leave();
  }

  leave(): void {
    this.client?.close();
    this.client = null;
  }

  private take(client: WebClient): void {
    this.leave();
    this.client = client;
  }
}
