/** Checks the line budgets: of the C code that runs as root, and of each file, so that none grows without limit. */
import { globSync, readFileSync } from 'node:fs';

const lines = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;
/** Lines without comments and blank lines. None of our strings contains the start of a comment. */
const codeLines = (path: string): number =>
  readFileSync(path, 'utf8')
    .replaceAll(/\/\*.*?\*\//gs, '')
    .split('\n')
    .filter((line) => line.trim() !== '').length;
const problems: string[] = [];

/** Generated tables are not counted: nobody has to read them to know what root does. */
const generated = new Set(['src/root/lib/protocol.h', 'src/root/lib/options.h']);
/** docs/decisions/0008-the-budget-of-root-code.md */
const budgets = {
  'src/root/{supervise,rootd,leader}/*.{c,h}': 3000,
  'src/root/pam-test/*.{c,h}': 200,
  'src/root/lib/*.{c,h}': 900,
};
for (const [pattern, most] of Object.entries(budgets)) {
  const files = globSync(pattern).filter((path) => !generated.has(path));
  const sum = (count: (path: string) => number) =>
    files.reduce((all, path) => all + count(path), 0);
  const came = sum(codeLines);
  const whole = `${sum(lines)} with comments and blank ones`;
  console.log(`${pattern}: ${came} of ${most} lines of code in ${files.length} files (${whole})`);
  if (came > most) problems.push(`${pattern}: wanted at most ${most} lines of code, got ${came}`);
}

for (const path of globSync('src/**/*.{ts,tsx,c}')) {
  if (path.endsWith('.test.ts') || path.endsWith('options.ts')) continue;
  if (lines(path) > 300)
    problems.push(`${path}: wanted at most 300 lines, got ${lines(path)}: split it`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
