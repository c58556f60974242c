/** A random life of the product: does what the commands say, and looks after each what must hold then. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { Account } from './accounts.ts';
import type { Chain } from './chains.ts';
import { agree, type Checked, type Expected, readBaseline } from './check-machine.ts';
import type { WebClient } from './client.ts';
import { withDatabase } from './database.ts';
import type { Command } from './life-commands.ts';
import { judge, Person, type Verdict } from './person.ts';
import { listProcesses } from './processes.ts';
import { askBroker, kill, type Product, type Service, until, VESTIBULE } from './product.ts';
import { removeFiles, type SessionMounts } from './remains.ts';

type Of<N extends Command['do']> = Extract<Command, { do: N }>;
type Touch = Extract<Command, { which: number }>;

/** supervise waits twice as long after each death of a service, and starts over when it is started. */
const MOST_KILLS = 3;
const COMMAND_MS = 30_000;

export class World {
  private readonly product: Product;
  private readonly people: readonly Person[];
  private readonly accounts: readonly Account[];
  private readonly before: Expected['before'];
  private readonly mounts: SessionMounts;
  private checked: Checked = { rows: [], chains: new Map() };
  private readonly running = new Set<string>();
  private readonly abandoned = new Map<string, ActiveSession>();
  private kills = 0;
  /** By pid: descriptors when nothing was going on. */
  private readonly descriptors = new Map<number, number>();
  /** A refusal takes its time on the failure grid: nobody waits for it. */
  private readonly refusals = new Set<Promise<void>>();
  readonly performed: Partial<Record<Command['do'], number>> = {};

  private constructor(
    product: Product,
    accounts: readonly Account[],
    mounts: SessionMounts,
    before: Expected['before'],
  ) {
    this.product = product;
    this.accounts = accounts;
    this.mounts = mounts;
    this.people = accounts.map((account) => new Person(account));
    this.before = before;
  }

  /** The product must run. */
  static async begin(
    product: Product,
    accounts: readonly Account[],
    mounts: SessionMounts,
  ): Promise<World> {
    return new World(product, accounts, mounts, await readBaseline(accounts));
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
    if ('which' in command) return await this.touchSession(command);
    const person = 'who' in command ? this.people[command.who % this.people.length]! : null;
    switch (command.do) {
      case 'sign-in':
        assert.equal(await person!.signIn(), null);
        return await this.settle();
      case 'sign-in-wrong':
        return this.signInWrongly(person!);
      case 'sign-in-over':
        return await this.signInOver(person!, command);
      case 'sign-out':
        await person!.signOut();
        return await this.settle();
      case 'start':
        return await this.startTerminal(person!);
      case 'start-over':
        return await this.startOver(person!, command);
      case 'run':
        return await this.run(person!.account.name);
      case 'kill':
        await this.kill(command.kill);
        return await this.settle();
      case 'restart':
        await this.restart(command.signal);
        return await this.settle();
    }
  }

  private async settle(more: readonly [number, number] = [0, 0], tickets?: number): Promise<void> {
    const { running, accounts, before, abandoned } = this;
    const mounts: Expected['mounts'] = (leaders) => this.mounts.wanted(leaders);
    const counted = tickets === undefined ? {} : { tickets };
    this.checked = await agree({ running, more, accounts, before, abandoned, mounts, ...counted });
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

  private async signInOver(person: Person, { kill: victims }: Of<'sign-in-over'>): Promise<void> {
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
  private async startOver(person: Person, { kill: victims, after }: Of<'start-over'>) {
    const client = await this.clientOf(person);
    const started: { id?: SessionId } = {};
    const asked = judge(client.startTerminal().then(({ id }) => Object.assign(started, { id })));
    await delay(after);
    await this.kill(victims);
    const verdict = await asked;
    assert.ok(mayFail(verdict), `a start over kill -9 of ${victims.join()}: ${verdict}`);
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
    if (command.do === 'kill-part') return await this.killPart(command, row, chain);
    if (command.do === 'end-over') return await this.endOver(row, command);
    if (command.do === 'exit') kill(chain.program);
    else if (command.do === 'end-cli') await killSession(row);
    else if (this.clientOwning(row) === null) return;
    else await this.clientOwning(row)!.endSession(row.id);
    await this.expectEnd(row, 'ended');
  }

  private async killPart({ part }: Of<'kill-part'>, row: ActiveSession, chain: Chain) {
    if (part === 'watch') {
      if (chain.watch !== 0) kill(chain.watch);
      const gone = () => listProcesses().every(({ pid }) => pid !== chain.watch);
      await until(gone, 'the watch is gone');
      return await this.settle();
    }
    if (part === 'host') {
      kill(chain.host);
      return await this.expectEnd(row, 'ended');
    }
    // The watch first: else it might be done before it is killed.
    if (part === 'leader and watch' && chain.watch !== 0) kill(chain.watch);
    if (part === 'leader and watch' || chain.watch === 0) this.abandoned.set(row.id, row);
    kill(chain.leader);
    this.mounts.leave(chain.leader);
    await this.expectEnd(row, 'unclean');
  }

  /** It has ended or it runs, but it is not between. */
  private async endOver(row: ActiveSession, { kill: victims, after }: Of<'end-over'>) {
    const client = this.clientOwning(row);
    if (client === null) return;
    const asked = judge(client.endSession(row.id));
    await delay(after);
    await this.kill(victims);
    const verdict = await asked;
    assert.ok(mayFail(verdict), `an end over kill -9 of ${victims.join()}: ${verdict}`);
    this.running.delete(row.id);
    await this.settle(verdict === null ? [0, 0] : [0, 1]);
    if (!this.running.has(row.id)) assert.equal(stateOf(row.id), 'ended');
  }

  private async expectEnd(row: ActiveSession, state: 'ended' | 'unclean'): Promise<void> {
    this.running.delete(row.id);
    await this.settle();
    assert.equal(stateOf(row.id), state, `session ${row.id} afterwards`);
  }

  private clientOwning({ user }: ActiveSession): WebClient | null {
    return this.people.find(({ account }) => account.name === user)?.client ?? null;
  }

  private async leave(): Promise<void> {
    const rows = [...this.running] as SessionId[];
    this.running.clear();
    await Promise.all(rows.map((session) => askBroker('kill-session', { session })));
    // Their PAM sessions are still open.
    assert.deepEqual((await askBroker('force-suspend-all', {})).left, []);
    await askBroker('end-sign-ins', { user: null });
    for (const person of this.people) person.leave();
    await this.settle([0, 0], 0);
    this.clear();
    await this.settle([0, 0], 0);
    for (const service of ['broker', 'gateway'] as const) await this.checkDescriptors(service);
  }

  /** What is nobody's work to take away but the administrator's. */
  private clear(): void {
    for (const row of this.abandoned.values()) removeFiles(row);
    this.abandoned.clear();
    this.mounts.clear();
  }

  private async checkDescriptors(service: Service): Promise<void> {
    const pid = this.product.pidOf(service);
    const first = this.descriptors.get(pid);
    const count = () => this.product.countDescriptors(service);
    if (first === undefined) {
      this.descriptors.set(pid, count());
      return;
    }
    // Refusals on their way have one connection each, a service opens some files when it first needs them.
    const most = (): number => first + this.refusals.size + 3;
    await until(() => count() <= most(), `${service} has at most ${most()} descriptors`);
  }

  private async reset(): Promise<void> {
    for (const person of this.people) person.leave();
    this.running.clear();
    this.checked = { rows: [], chains: new Map() };
    this.kills = 0;
    await this.product.wipe();
    this.abandoned.clear();
    this.mounts.clear();
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
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  } finally {
    late.catch(() => {});
    clock.abort();
  }
}

async function killSession({ id }: ActiveSession): Promise<void> {
  await promisify(execFile)(VESTIBULE, ['kill-session', id]);
}

/** Of what is asked while services are killed. */
function mayFail(verdict: Verdict): boolean {
  return verdict === null || verdict === 'unavailable' || verdict === 'connection';
}

/** Or could not be judged, because a service was killed meanwhile. */
function wasRefused(verdict: Verdict): boolean {
  const codes = ['sign-in-failed', 'unavailable', 'connection', 'conversation-gone'];
  return verdict !== null && [...codes, 'sign-in-unavailable'].includes(verdict);
}

/** What the broker's database says about a session that has ended. */
function stateOf(id: string): string {
  const query = 'SELECT state FROM sessions WHERE id = ?';
  const row = withDatabase((database) => database.prepare(query).get(id), { readOnly: true });
  return String(row?.state ?? 'missing');
}
