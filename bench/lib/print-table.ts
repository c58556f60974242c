/** The rows as a table in Markdown. */
import type { Row, Spread } from './row.ts';

const HEAD = ['what', 'ours', 'peer', 'ratio', 'goal', 'met', 'TLS', 'note'];

export function printTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.name,
    describe(row.value, row.unit, row.samples),
    row.peer === null ? '–' : `${row.peer}: ${describe(row.peerValue, row.unit, row.peerSamples)}`,
    row.ratio === null ? '–' : `${row.ratio.toPrecision(3)} ×`,
    row.goal,
    row.met === null ? '–' : row.met ? 'yes' : 'no',
    row.tls,
    row.note,
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [HEAD, HEAD.map(() => '---'), ...lines].map(line).join('\n');
}

function describe(value: number | null, unit: string, samples: Spread | null): string {
  if (value === null) return 'not measured';
  const range =
    samples === null ? '' : ` (${round(samples.low)}–${round(samples.high)}, n=${samples.n})`;
  return `${round(value)} ${unit}${range}`;
}

function round(value: number): string {
  if (Math.abs(value) >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}
