/** Random lives of the product: commands, what each does, and what must hold afterwards. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { Account } from './accounts.ts';
import {
  agree,
  type Chain,
  type Checked,
  countDescriptors,
  type Leftovers,
  readLeftovers,
} from './check-machine.ts';
import type { WebClient } from './client.ts';
import { judge, Person, type Verdict } from './person.ts';
import {
  askBroker,
  kill,
  type Product,
  SERVICES,
  type Service,
  until,
  VESTIBULE,
} from './product.ts';

export type Command =
  | {
      readonly do: 'sign-in' | 'sign-in-wrong' | 'sign-out' | 'start' | 'run';
      readonly who: number;
    }
  /** Killed while the password is typed, or so many ms after the session was asked for. */
  | { readonly do: 'sign-in-over'; readonly who: number; readonly kill: readonly Service[] }
  | {
      readonly do: 'start-over';
      readonly who: number;
      readonly kill: readonly Service[];
      readonly after: number;
    }
  | { readonly do: 'exit' | 'end-page' | 'end-cli'; readonly which: number }
  | {
      readonly do: 'kill-part';
      readonly which: number;
      readonly part: 'leader' | 'host' | 'watch';
    }
  | { readonly do: 'kill'; readonly kill: readonly Service[] }
  | { readonly do: 'restart'; readonly signal: 'SIGTERM' | 'SIGKILL' };

type Touch = Extract<Command, { which: number }>;

const who = fc.nat(1);
const which = fc.nat(7);
const services = fc.subarray([...SERVICES], { minLength: 1 });
const simple = (names: readonly string[]) =>
  fc.record({ do: fc.constantFrom(...names), who }) as fc.Arbitrary<Command>;

export const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: simple(['sign-in']) },
    { weight: 1, arbitrary: simple(['sign-in-wrong', 'sign-out']) },
    { weight: 6, arbitrary: simple(['start']) },
    { weight: 2, arbitrary: simple(['run']) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('sign-in-over'), who, kill: services }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('start-over'),
        who,
        kill: services,
        after: fc.nat(80),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constantFrom('exit', 'end-page', 'end-cli'), which }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('kill-part'),
        which,
        part: fc.constantFrom('leader', 'host', 'watch'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill'), kill: services }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('restart'),
        signal: fc.constantFrom('SIGTERM', 'SIGKILL'),
      }),
    },
  ) as fc.Arbitrary<Command>,
  { minLength: 4, maxLength: 9, size: 'max' },
);

/** supervise waits twice as long after each death of a service, and starts over when it is started. */
const MOST_KILLS = 3;
const COMMAND_MS = 30_000;

export class World {
  private readonly product: Product;
  private readonly people: readonly Person[];
  private readonly accounts: readonly Account[];
  private readonly before: Leftovers;
  private checked: Checked = { rows: [], chains: new Map() };
  private readonly running = new Set<string>();
  private kills = 0;
  /** By pid: descriptors when nothing was going on. */
  private readonly descriptors = new Map<number, number>();
  /** A refusal takes its time on the failure grid: nobody waits for it. */
  private readonly refusals = new Set<Promise<void>>();
  readonly performed: Partial<Record<Command['do'], number>> = {};

  constructor(product: Product, accounts: readonly Account[]) {
    this.product = product;
    this.accounts = accounts;
    this.people = accounts.map((account) => new Person(account));
    this.before = readLeftovers(accounts);
  }

  /** From nothing to nothing. */
  async live(sequence: readonly Command[]): Promise<void> {
    try {
      if (this.kills >= MOST_KILLS) await this.restart('SIGTERM');
      for (const command of sequence) {
        this.performed[command.do] = (this.performed[command.do] ?? 0) + 1;
        await inTime(this.perform(command), JSON.stringify(command));
      }
      await inTime(this.leave(), 'the end of all');
    } catch (error) {
      await this.reset();
      throw error;
    }
  }

  /** Refusals that nobody has waited for yet. */
  async finish(): Promise<void> {
    await Promise.all(this.refusals);
  }

  private async perform(command: Command): Promise<void> {
    switch (command.do) {
      case 'sign-in':
        assert.equal(await this.person(command.who).signIn(), null);
        return await this.settle();
      case 'sign-in-wrong':
        return this.signInWrongly(this.person(command.who));
      case 'sign-in-over':
        return await this.signInOver(this.person(command.who), command.kill);
      case 'sign-out':
        await this.person(command.who).signOut();
        return await this.settle();
      case 'start':
        return await this.startTerminal(this.person(command.who));
      case 'start-over':
        return await this.startOver(this.person(command.who), command);
      case 'run':
        return await this.run(this.person(command.who).account.name);
      case 'kill':
        await this.kill(command.kill);
        return await this.settle();
      case 'restart':
        await this.restart(command.signal);
        return await this.settle();
      default:
        return await this.touchSession(command);
    }
  }

  private person(number: number): Person {
    return this.people[number % this.people.length]!;
  }

  private async settle(more: readonly [number, number] = [0, 0]): Promise<void> {
    const { running, accounts, before } = this;
    this.checked = await agree({ running, more, accounts, before });
    for (const { id } of this.checked.rows) running.add(id);
    for (const { account, client } of this.people) {
      if (client !== null) assert.equal((await client.home()).user, account.name);
    }
  }

  private signInWrongly(person: Person): void {
    const refusal = person.signInWrongly().then((verdict) => {
      this.refusals.delete(refusal);
      assert.ok(wasRefused(verdict), `a wrong password: ${verdict}`);
    });
    refusal.catch(() => {});
    this.refusals.add(refusal);
  }

  private async signInOver(person: Person, victims: readonly Service[]): Promise<void> {
    const verdict = await person.signInSlowly(() => this.kill(victims));
    const survives = victims.every((service) => service === 'rootd');
    const fitting = survives ? verdict === null : verdict === 'conversation-gone';
    assert.ok(fitting, `a sign-in over kill -9 of ${victims.join()}: ${verdict}`);
    assert.equal(await person.signIn(), null);
    await this.settle();
  }

  private async startTerminal(person: Person): Promise<void> {
    const client = await this.clientOf(person);
    const { id } = await client.startTerminal();
    await this.settle([1, 1]);
    assert.ok(this.running.has(id), `session ${id} of ${person.account.name} runs`);
  }

  private async clientOf(person: Person): Promise<WebClient> {
    if (person.client === null) assert.equal(await person.signIn(), null);
    return person.client!;
  }

  /** It runs or it has failed, but it is neither lost nor there twice. */
  private async startOver(
    person: Person,
    { kill: victims, after }: Extract<Command, { do: 'start-over' }>,
  ): Promise<void> {
    const client = await this.clientOf(person);
    const started: { id?: SessionId } = {};
    const asked = judge(client.startTerminal().then(({ id }) => Object.assign(started, { id })));
    await delay(after);
    await this.kill(victims);
    const verdict = await asked;
    const fitting = verdict === null || verdict === 'unavailable' || verdict === 'connection';
    assert.ok(fitting, `a start over kill -9 of ${victims.join()}: ${verdict}`);
    await this.settle([0, 1]);
    if (started.id !== undefined && !this.running.has(started.id)) {
      assert.match(stateOf(started.id), /^(failed|ended|unclean)$/);
    }
  }

  private async run(user: string): Promise<void> {
    const script = 'echo ready; exec sleep 100000';
    const child = spawn(VESTIBULE, ['run', user, '--', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout, 'data');
    child.stdout.resume();
    await this.settle([1, 1]);
  }

  private async kill(victims: readonly Service[]): Promise<void> {
    this.kills++;
    await this.product.kill(...victims);
  }

  private async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.kills = 0;
    await this.product.stop(signal);
    await this.product.start();
  }

  private async touchSession(command: Touch): Promise<void> {
    const row = this.checked.rows[command.which % this.checked.rows.length];
    if (row === undefined) return;
    const chain = this.checked.chains.get(row.id)!;
    const part = command.do === 'kill-part' ? command.part : command.do;
    if (part === 'watch') {
      if (chain.watch !== 0) kill(chain.watch);
      return await this.settle();
    }
    // Two faults at once: nobody is left to clean up.
    if (part === 'leader' && chain.watch === 0) return;
    if (!(await this.endSession(part, row, chain))) return;
    this.running.delete(row.id);
    await this.settle();
    const outcome = part === 'leader' ? 'unclean' : 'ended';
    assert.equal(stateOf(row.id), outcome, `after ${JSON.stringify(command)}`);
  }

  /** False when there is nobody who could. */
  private async endSession(by: string, { id, user }: ActiveSession, chain: Chain) {
    const owner = this.people.find(({ account }) => account.name === user);
    if (by === 'exit') kill(chain.program);
    else if (by === 'leader') kill(chain.leader);
    else if (by === 'host') kill(chain.host);
    else if (by === 'end-cli') await promisify(execFile)(VESTIBULE, ['kill-session', id]);
    else if (owner?.client) await owner.client.endSession(id);
    else return false;
    return true;
  }

  private async leave(): Promise<void> {
    const rows = [...this.running] as SessionId[];
    this.running.clear();
    await Promise.all(rows.map((session) => askBroker('kill-session', { session })));
    await askBroker('end-sign-ins', { user: null });
    for (const person of this.people) person.leave();
    await this.settle();
    for (const service of ['broker', 'gateway'] as const) await this.checkDescriptors(service);
  }

  private async checkDescriptors(service: Service): Promise<void> {
    const pid = this.product.pidOf(service);
    const first = this.descriptors.get(pid);
    if (first === undefined) {
      this.descriptors.set(pid, countDescriptors(pid));
      return;
    }
    // Refusals on their way have one connection each, a service opens some files when it first needs them.
    const most = (): number => first + this.refusals.size + 3;
    await until(
      () => countDescriptors(pid) <= most(),
      `${service} has at most ${most()} descriptors, as at its start`,
    );
  }

  private async reset(): Promise<void> {
    for (const person of this.people) person.leave();
    this.running.clear();
    this.kills = 0;
    await this.product.wipe();
    await this.product.start();
  }
}

/** What hangs is a failure too. */
async function inTime(work: Promise<void>, what: string): Promise<void> {
  const clock = new AbortController();
  const late = delay(COMMAND_MS, undefined, { signal: clock.signal }).then(() => {
    throw new Error(`wanted within ${COMMAND_MS / 1000} s: ${what}`);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    clock.abort();
  }
}

/** Or could not be judged, because a service was killed meanwhile. */
function wasRefused(verdict: Verdict): boolean {
  const codes = ['sign-in-failed', 'unavailable', 'connection', 'conversation-gone'];
  return verdict !== null && [...codes, 'sign-in-unavailable'].includes(verdict);
}

/** What the broker's database says about a session that has ended. */
function stateOf(id: string): string {
  const database = new DatabaseSync(PATHS.database, { readOnly: true });
  try {
    const row = database.prepare('SELECT state FROM sessions WHERE id = ?').get(id);
    return String(row?.state ?? 'missing');
  } finally {
    database.close();
  }
}
