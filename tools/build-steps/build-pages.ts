/** Builds the pages with Vite, and compresses each text file: the gateway serves these files and never compresses. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build } from 'vite';
import { buildDirectory, root } from './paths.ts';

const directory = join(buildDirectory, 'page');
const TEXT = /\.(?:css|html|js|json|svg|txt|webmanifest)$/;
/** Smaller files fit into one packet anyway, bytes. */
const SMALLEST = 1024;

export async function buildPages(): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  for (const input of ['index.html', 'terminal.html']) {
    const rolldownOptions = { input: join(root, 'src/page', input) };
    const configFile = join(root, 'src/page/vite.config.ts');
    await build({ configFile, logLevel: 'warn', build: { rolldownOptions } });
  }
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(files.map(compress));
}

async function compress(file: string): Promise<void> {
  const data = readFileSync(file);
  if (data.length < SMALLEST) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
  };
  writeFileSync(`${file}.br`, await promisify(brotliCompress)(data, { params }));
  writeFileSync(`${file}.gz`, await promisify(gzip)(data, { level: 9 }));
}
