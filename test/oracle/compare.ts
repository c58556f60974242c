/** Rows of the table: an item in one case, what each way has, and whether Vestibule's is that of su or of ssh. */
import type { Case } from './case.ts';
import { EXPLANATIONS, type Explanation } from './explained.ts';
import type { Items } from './items.ts';
import { WAYS, type WayName } from './way.ts';

export type Columns = Partial<Readonly<Record<WayName, Items>>>;
export type Verdict = 'same' | 'explained' | 'unexplained';
export interface Row {
  readonly case: string;
  readonly item: string;
  /** null: the way did not come so far (refused), or took no part. */
  readonly values: Readonly<Record<WayName, string | null>>;
  readonly verdict: Verdict;
  /** Numbers of explanations, from 1. */
  readonly explanations: readonly number[];
  /** What was wanted instead. */
  readonly wanted: string | null;
  /** One of those that show what the module did. */
  readonly shown: boolean;
}

export const OUTCOME = 'outcome';
const ABSENT = 'not there';
const OURS: readonly WayName[] = ['session', 'user'];

export function compareColumns(oracleCase: Case, columns: Columns): Row[] {
  const items = new Set<string>(Object.keys(oracleCase.shows));
  for (const column of Object.values(columns)) for (const item of column.keys()) items.add(item);
  return [...items].map((item) => compareItem(oracleCase, item, columns));
}

function compareItem(oracleCase: Case, item: string, columns: Columns): Row {
  const value = (way: WayName): string | null => {
    const column = columns[way];
    if (column === undefined) return null;
    const isOver = column.get(OUTCOME) !== 'let in' && !ALWAYS.has(item);
    return column.get(item) ?? (isOver ? null : ABSENT);
  };
  const values = Object.fromEntries(WAYS.map((way) => [way, value(way)])) as Row['values'];
  const judged = OURS.map((way) => judge(oracleCase.name, item, values, way));
  const wanted = oracleCase.shows[item];
  const unshown =
    wanted !== undefined &&
    WAYS.some((way) => way !== oracleCase.lacking && !isShown(values[way], wanted));
  const verdict = unshown || judged.includes('unexplained') ? 'unexplained' : 'same';
  const explanations = judged.filter((one) => typeof one === 'number');
  return {
    case: oracleCase.name,
    item,
    values,
    verdict: verdict === 'same' && explanations.length > 0 ? 'explained' : verdict,
    explanations: [...new Set(explanations)],
    wanted: unshown ? String(wanted) : null,
    shown: wanted !== undefined,
  };
}

/** Items that a refusal has, too. */
const ALWAYS = new Set([OUTCOME, 'PAM says']);

function isShown(value: string | null, wanted: string | RegExp): boolean {
  if (value === null) return true;
  return typeof wanted === 'string' ? value === wanted : wanted.test(value);
}

/** The number of the explanation when there is one. */
function judge(name: string, item: string, values: Row['values'], way: WayName): Verdict | number {
  const value = values[way];
  if (value === null || value === values.su || value === values.ssh) return 'same';
  const explains = ({ item: of, cases, value: may }: Explanation): boolean =>
    of.test(item) && (cases?.test(name) ?? true) && may.test(value);
  const number = EXPLANATIONS.findIndex(explains) + 1;
  return number > 0 ? number : 'unexplained';
}
