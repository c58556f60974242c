/** Rows of the design whose subject does not exist yet. */
import { emptyRow, type Row } from '../lib/row.ts';

export async function notYet(): Promise<Row[]> {
  const note = 'not yet: no proxy';
  return [
    emptyRow('proxy: small answers, 32 connections', '/s', '≥ 5 × configurable-http-proxy', note),
    emptyRow('proxy: WebSocket echo added, p50', 'µs', '≤ nginx + 30 µs', note),
  ];
}
