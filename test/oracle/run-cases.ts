/** Goes into each case by each way; su and ssh once, Vestibule once for each scope. */
import type { Account } from '../lib/accounts.ts';
import type { Case } from './case.ts';
import { OUTCOME } from './compare.ts';
import { explainItems, type Items } from './items.ts';
import { describeRunner, makePerson, writeStack } from './machine.ts';
import type { Entered, Way, WayName } from './way.ts';

export interface Subject {
  readonly case: Case;
  readonly account: Account;
  readonly columns: Partial<Record<WayName, Items>>;
}

export async function makeSubject(oracleCase: Case): Promise<Subject> {
  const account = makePerson(
    `o-${oracleCase.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`.slice(0, 31),
  );
  await oracleCase.prepare?.(account);
  return { case: oracleCase, account, columns: {} };
}

export async function goBy(way: Way, name: WayName, subjects: readonly Subject[]): Promise<void> {
  const runner = describeRunner();
  for (const subject of subjects) {
    const { case: oracleCase, account } = subject;
    if (oracleCase.without?.[name] !== undefined) continue;
    writeStack(oracleCase.stack);
    await oracleCase.reset?.(account);
    const answers = oracleCase.answers?.(account) ?? null;
    const entered = await way({ account, answers });
    subject.columns[name] = await itemsOf(entered, subject, runner);
  }
}

async function itemsOf(
  entered: Entered,
  { case: one, account }: Subject,
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
  return items;
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
