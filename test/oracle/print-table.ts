/** The table for people: what shows a module's work and what differs; the rest is counted. */
import type { Row } from './compare.ts';
import type { Report } from './compare-all.ts';
import { EXPLANATIONS } from './explained.ts';
import { WAY_TITLES, WAYS, type WayName } from './way.ts';

const WIDEST = 44;

export interface Printing {
  readonly all: boolean;
  readonly brief: boolean;
}

export function printReport(report: Report, { all, brief }: Printing): void {
  for (const { name, stack } of report.cases) {
    const rows = report.rows.filter((row) => row.case === name);
    if (brief && rows.every(({ verdict }) => verdict !== 'unexplained')) continue;
    console.log(`\n${name}`);
    for (const line of stack) console.log(`    ${line}`);
    printRows(rows, report.ways, all);
  }
  if (!brief) printExplanations();
  printPoints(report);
  const count = (verdict: string): number =>
    report.rows.filter((row) => row.verdict === verdict).length;
  console.log(
    `\n${report.cases.length} cases, ${report.rows.length} rows: ${count('same')} the same, ${count('explained')} explained, ${report.unexplained} unexplained`,
  );
}

function printPoints({ points }: Report): void {
  if (points === null) return;
  console.log('\n13 points of PAM fidelity');
  for (const [at, { title, holds, remark }] of points.entries()) {
    const letter = String.fromCharCode('a'.charCodeAt(0) + at);
    console.log(`  ${letter} ${holds ? 'yes' : 'NO '} ${title}${remark ? ` (${remark})` : ''}`);
  }
  console.log(`  ${points.filter(({ holds }) => holds).length} of ${points.length}`);
}

function printRows(rows: readonly Row[], ways: readonly WayName[], all: boolean): void {
  const told = rows.filter(
    ({ shown, verdict, values }) =>
      all || shown || verdict !== 'same' || differ(values.su, values.ssh),
  );
  const cells = told.map((row) => [
    row.item,
    ...ways.map((way) => row.values[way] ?? '–'),
    markOf(row),
  ]);
  const head = ['', ...ways.map((way) => WAY_TITLES[way]), ''];
  const widths = head.map((_, at) =>
    Math.min(WIDEST, Math.max(...[head, ...cells].map((line) => line[at]!.length))),
  );
  for (const line of [head, ...cells]) {
    console.log(
      `  ${line.map((cell, at) => cut(cell, widths[at]!).padEnd(widths[at]!)).join('  ')}`.trimEnd(),
    );
  }
  const rest = rows.length - told.length;
  if (rest > 0) console.log(`  and ${rest} items that are the same everywhere`);
}

function printExplanations(): void {
  console.log('\nExplained differences');
  for (const [at, { why, cites }] of EXPLANATIONS.entries()) {
    console.log(`  ${at + 1}. ${why} [${cites}]`);
  }
}

function markOf({ verdict, explanations, wanted, values }: Row): string {
  if (wanted !== null) return `UNEXPLAINED: wanted ${wanted}`;
  if (verdict === 'unexplained') return 'UNEXPLAINED';
  if (verdict === 'explained') return `explained: ${explanations.join(', ')}`;
  if (!differ(values.su, values.ssh)) return '';
  const ours = WAYS.map((way) => values[way])
    .slice(2)
    .find((value) => value !== null);
  return ours === undefined ? '' : ours === values.ssh ? 'as ssh' : 'as su';
}

function differ(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a !== b;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
