/** Rows of the design whose subject does not exist yet. */
import { emptyRow, type Row } from '../lib/row.ts';

export async function notYet(): Promise<Row[]> {
  const proxy = 'not yet: no proxy';
  return [
    emptyRow('proxy: small answers, 32 connections', '/s', '≥ 5 × configurable-http-proxy', proxy),
    emptyRow('proxy: WebSocket echo added, p50', 'µs', '≤ nginx + 30 µs', proxy),
    emptyRow('PAM fidelity', 'of 13', '13', 'not yet: counted by the oracle tests'),
  ];
}
