/** Bundles each TypeScript program into one file that needs only Node: no node_modules is installed. */
import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { build } from 'vite';
import { buildDirectory, root } from './paths.ts';

const SERVICES = {
  broker: 'src/broker/main.ts',
  gateway: 'src/gateway/main.ts',
  cli: 'src/cli/main.ts',
  finish: 'tools/start/finish.ts',
} as const;

const directory = join(buildDirectory, 'dist');

export async function bundleServices(): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  for (const [name, entry] of Object.entries(SERVICES)) await bundle(name, entry, directory);
  // So that Node need not guess the type of these modules.
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }\n');
}

/** Writes `into`/`name`.js. */
export async function bundle(name: string, entry: string, into: string): Promise<void> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: entry,
      outDir: into,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        output: { format: 'es', entryFileNames: `${name}.js`, codeSplitting: false },
      },
    },
  });
  const files = (Array.isArray(result) ? result : [result]).flatMap((one) =>
    'output' in one ? one.output : [],
  );
  for (const file of files) {
    if (file.type !== 'chunk')
      throw new Error(`${entry} wanted one file, got ${file.fileName} too`);
    const foreign = file.imports.filter((module) => !isBuiltin(module));
    if (foreign.length > 0)
      throw new Error(`${entry} would need ${foreign.join(', ')} where it is installed`);
  }
}
