/** Line budgets: the C that runs as root, and files that grow into the one everything accretes to. */
import { globSync, readFileSync } from 'node:fs';

const lines = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1;
const problems: string[] = [];

/** Generated tables do not count: nobody has to read them to know what root does. */
const generated = new Set(['src/root/lib/protocol.h', 'src/root/lib/options.h']);
const rootFiles = globSync('src/root/**/*.{c,h}').filter((path) => !generated.has(path));
const rootLines = rootFiles.reduce((sum, path) => sum + lines(path), 0);
console.log(`C under src/root: ${rootLines} of 3000 lines in ${rootFiles.length} files`);
if (rootLines > 3000) problems.push(`src/root: wanted at most 3000 lines, came ${rootLines}`);

for (const path of globSync('src/**/*.{ts,tsx,c}')) {
  if (path.endsWith('.test.ts') || path.endsWith('options.ts')) continue;
  if (lines(path) > 300)
    problems.push(`${path}: wanted at most 300 lines, came ${lines(path)}: split it`);
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
