/** Formats rows of text in columns that are as wide as needed. */
import { escapeText } from '../lib/escape-text.ts';

/** The head of a column, and the text of a cell. */
export type TableColumn<T> = readonly [head: string, cell: (item: T) => string];

export function formatColumns<T>(columns: readonly TableColumn<T>[], items: readonly T[]): string {
  const rows = items.map((item) => columns.map(([, cell]) => cell(item)));
  return formatTable(
    columns.map(([head]) => head),
    rows,
  );
}

/** time: Unix ms. Shown without milliseconds to save width. */
export function formatTime(time: number | null): string {
  return time === null ? '-' : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(escapeText));
  const widths = head.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}
