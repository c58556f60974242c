/** A problem in the three columns of a row. */
import type { SQLOutputValue } from 'node:sqlite';
import type { Problem } from '../../protocol/problems.ts';

export const PROBLEM_COLUMNS = ['problem_code', 'problem_text', 'problem_reference'] as const;

export function problemToColumns(problem: Problem | null): (string | null)[] {
  return [problem?.code ?? null, problem?.text ?? null, problem?.reference ?? null];
}

export function problemOf(row: Record<string, SQLOutputValue>): Problem | null {
  if (row.problem_code === null) return null;
  return {
    code: row.problem_code as Problem['code'],
    text: row.problem_text as string,
    reference: row.problem_reference as string,
  };
}
