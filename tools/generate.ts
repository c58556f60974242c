/** Writes the files that are generated from the tables in src/; with --check it only reports those that are stale. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { makeProtocolDocument } from './generate-protocol-document.ts';
import { makeProtocolHeader } from './generate-protocol-header.ts';

const root = new URL('../', import.meta.url);

const files: Record<string, () => string | Promise<string>> = {
  'src/root/lib/protocol.h': makeProtocolHeader,
  'docs/protocol.md': makeProtocolDocument,
};

const options = await import('./generate-options.ts');
files['src/root/lib/options.h'] = options.makeOptionsHeader;
files['docs/options.md'] = options.makeOptionsDocument;
files['docs/pam-check.md'] = (
  await import('./generate-pam-check-document.ts')
).makePamCheckDocument;
files['docs/cli.md'] = (await import('./generate-cli-document.ts')).makeCliDocument;

const checkOnly = process.argv.includes('--check');
let stale = 0;
for (const [path, make] of Object.entries(files)) {
  const url = new URL(path, root);
  const wanted = await make();
  if (existsSync(url) && readFileSync(url, 'utf8') === wanted) continue;
  if (checkOnly) {
    stale += 1;
    console.error(`${path}: stale: it differs from its source, run 'npm run generate'`);
  } else {
    writeFileSync(url, wanted);
    console.error(`${path}: written`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
