/** Where it is measured: the installed product inside the sandbox, its accounts, and clients that sign in to it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { type Account, makeAccount } from '../../test/lib/accounts.ts';
import type { WebClient } from '../../test/lib/client.ts';
import { makeClient } from '../../test/lib/person.ts';
import { Product } from '../../test/lib/product.ts';
import { isLayerThere, mountLayer } from '../peers/layer.ts';

/** What all sides check passwords by: Debian's own lines, nothing else. */
export const PROFILE = 'vestibule';
const LINES = ['@include common-auth', '@include common-account', '@include common-session'];

/** As the peers do, a session closes its PAM session with its program. Some rows have 100 sessions of one user. */
const OPTIONS = ['auth-pam-sessions-close=1', 'pam-sessions-max-per-user=500'];
export function configure(...lines: readonly string[]): void {
  writeFileSync(PATHS.configuration, `${[...OPTIONS, ...lines].join('\n')}\n`);
}

export class Lab {
  readonly quick: boolean;
  /** Whether the peers of npm run bench:peers can be measured. */
  readonly peers: boolean;
  readonly product: Product;
  private readonly accounts: Account[] = [];
  private readonly stops: (() => Promise<void> | void)[] = [];

  private constructor(product: Product, quick: boolean, peers: boolean) {
    this.product = product;
    this.quick = quick;
    this.peers = peers;
  }

  static async open(quick: boolean): Promise<Lab> {
    const peers = !quick && isLayerThere();
    if (peers) mountLayer();
    mkdirSync('/etc/vestibule', { recursive: true });
    configure();
    writeFileSync(`/etc/pam.d/${PROFILE}`, `${LINES.join('\n')}\n`);
    return new Lab(await Product.install(), quick, peers);
  }

  /** So many in a run that counts, so many in a quick one. */
  count(full: number, quick: number): number {
    return this.quick ? quick : full;
  }

  /** The first so many accounts. */
  people(count: number): readonly Account[] {
    while (this.accounts.length < count) {
      this.accounts.push(makeAccount(`bench${this.accounts.length + 1}`));
    }
    return this.accounts.slice(0, count);
  }

  /** Runs on the server, from its start to its end, with nothing left of it. */
  async serve<T>(work: () => Promise<T>): Promise<T> {
    await this.product.start();
    try {
      return await work();
    } finally {
      await this.close();
      await this.product.wipe();
    }
  }

  /** A browser that is signed in. */
  async signIn({ name, password }: Account): Promise<WebClient> {
    const client = await this.visit();
    await client.signIn(name, Buffer.from(password));
    return client;
  }

  /** A browser that has the page open: its connection is there, and nobody has signed in. */
  async visit(): Promise<WebClient> {
    const client = makeClient();
    this.stops.push(() => client.close());
    await client.ask('GET', '/');
    return client;
  }

  /** What ends with the work that serve() runs. */
  later(stop: () => Promise<void> | void): void {
    this.stops.push(stop);
  }

  async close(): Promise<void> {
    for (const stop of this.stops.splice(0).reverse()) await stop();
  }
}

/** Microseconds of a program from its fork to its end. */
export function timeProgram(input: string, ...argv: readonly string[]): number {
  return Number(execFileSync('build/bench/time-program', [input, ...argv]));
}

/** Peers serve TLS by the certificate that ours was given. */
export function copyCertificate(certificate: string, key: string): void {
  copyFileSync(PATHS.certificate, certificate);
  copyFileSync(PATHS.certificate, key);
}

/** Leaders of root's that the broker would end, because it has no row for them: it stands still meanwhile. */
export async function withoutBroker<T>(lab: Lab, work: () => Promise<T>): Promise<T> {
  const broker = lab.product.pidOf('broker');
  process.kill(broker, 'SIGSTOP');
  try {
    return await work();
  } finally {
    process.kill(broker, 'SIGCONT');
  }
}
