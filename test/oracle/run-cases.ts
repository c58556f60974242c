/** Goes into each case by each way; su and ssh once, Vestibule once for each scope. */
import type { Account } from '../lib/accounts.ts';
import { type Case, stackOf } from './case.ts';
import { OUTCOME } from './compare.ts';
import { explainItems, type Items } from './items.ts';
import { describeRunner, makePerson, PROGRAMS, writeStack } from './machine.ts';
import type { Entered, Way, WayName } from './way.ts';
import { enterByRun } from './ways/run.ts';

export interface Subject {
  readonly case: Case;
  readonly account: Account;
  readonly columns: Partial<Record<WayName, Items>>;
}

export async function makeSubject(oracleCase: Case): Promise<Subject> {
  const account =
    oracleCase.account?.() ??
    makePerson(`o-${oracleCase.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 31));
  await oracleCase.prepare?.(account);
  return { case: oracleCase, account, columns: {} };
}

export async function goBy(way: Way, name: WayName, subjects: readonly Subject[]): Promise<void> {
  const runner = describeRunner();
  const waiting: Promise<void>[] = [];
  for (const subject of subjects) {
    const one = subject.case;
    // Signing in does not depend on the scope.
    if (name === 'user' && (one.run || isSignInRefused(one))) continue;
    writeStacks(one);
    await one.reset?.(subject.account);
    let wasAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      wasAsked = resolve;
    });
    const done = goOnce(way, name, subject, { runner, wasAsked }).finally(() => one.restore?.());
    // A refusal is held back for seconds: what it rests on has been read when the first question comes.
    if (isSignInRefused(one)) waiting.push(done);
    await (isSignInRefused(one) ? Promise.race([asked, done]) : done);
  }
  await Promise.all(waiting);
}

interface Going {
  readonly runner: Items;
  readonly wasAsked: () => void;
}

async function goOnce(
  way: Way,
  name: WayName,
  { case: one, account, columns }: Subject,
  { runner, wasAsked }: Going,
): Promise<void> {
  try {
    const begun = performance.now();
    const answers = one.answers?.(account) ?? null;
    const go = one.run && name === 'session' ? enterByRun : way;
    const sshPassword = one.sshPassword === true;
    const entered = await go({ account, answers, sshPassword, wasAsked });
    const items = await itemsOf(entered, one, account, runner);
    if (one.timed !== undefined) {
      const isLong = performance.now() - begun >= one.timed;
      items.set(`waited ${one.timed / 1000} s`, isLong ? 'yes' : 'no');
    }
    columns[name] = items;
  } catch (cause) {
    throw new Error(`${one.name} by ${name}: ${String(cause)}`, { cause });
  }
}

function isSignInRefused({ answers, shows }: Case): boolean {
  return answers !== undefined && shows.outcome === 'refused';
}

/** Who signs in is asked by the same stack, without the line that lets root in. */
function writeStacks({ stack, answers }: Case): void {
  const asking = stack.filter((line) => !/^auth\s+\S+\s+pam_rootok/.test(line));
  writeStack([...PROGRAMS.su, ...PROGRAMS.vestibule], stack);
  // sshd is root: the line would let everybody in.
  writeStack(PROGRAMS.ssh, answers === undefined ? stack : asking);
  writeStack(['vestibule'], answers === undefined ? stackOf({}).slice(1) : asking);
}

async function itemsOf(
  entered: Entered,
  one: Case,
  account: Account,
  runner: Items,
): Promise<Items> {
  const items: Items = new Map([
    [OUTCOME, entered.refused ? 'refused' : 'let in'],
    ['PAM says', entered.texts.map(withoutTimes).join(' / ')],
  ]);
  if (entered.refused) return items;
  add(items, explainItems(entered.items, runner, account.uid));
  add(items, one.during?.(account, entered.items) ?? []);
  if (one.second) add(items, compareSecond(entered.items, await entered.second()));
  await entered.leave();
  add(items, one.afterwards?.(account) ?? []);
  const { only } = one;
  return only === undefined ? items : new Map([...items].filter(([item]) => only.test(item)));
}

function add(items: Items, more: Iterable<readonly [string, string]>): void {
  for (const [item, value] of more) items.set(item, value);
}

/** What two programs of one session must share. */
function compareSecond(first: Items, second: Items): Items {
  const shared = [
    '/tmp',
    'namespace mnt',
    'session keyring id',
    'audit session',
    'umask',
    'groups',
  ];
  return new Map(
    shared.map((item) => [
      `second program: ${item.replace(' id', '')}`,
      first.get(item) === second.get(item) ? 'the same' : 'another',
    ]),
  );
}

function withoutTimes(text: string): string {
  return text
    .replaceAll(/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d+ [\d:]{8}( \w+)?( \d{4})?/g, 'TIME')
    .replaceAll(/pts\/\d+/g, 'pts/N');
}
