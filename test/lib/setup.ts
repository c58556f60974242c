/** Set-up's programs, run to their end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { COMMAND } from '../../tools/start/link-command.mjs';

export interface Ended {
  readonly status: number | null;
  readonly output: string;
  /** stderr */
  readonly lines: readonly string[];
}

export async function runProgram(
  argv: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const child = spawn(argv[0]!, argv.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const [output, errors] = ['', ''].map(() => [] as string[]);
  child.stdout.setEncoding('utf8').on('data', (text: string) => output!.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors!.push(text));
  const [status] = (await once(child, 'close')) as [number | null];
  const lines = errors!
    .join('')
    .split('\n')
    .filter((line) => line !== '');
  return { status, output: output!.join(''), lines };
}

/** Where the product has its files. */
export const DIRECTORIES = ['/etc', '/var/lib', '/var/log', '/run', '/usr/local/lib'].map(
  (path) => `${path}/vestibule`,
);
/** npm start, without npm's own lines. */
export const START = ['sh', 'tools/start/start.sh'] as const;
export const UNINSTALL = [process.execPath, 'tools/start/uninstall.mjs'] as const;

/** The sandbox as if nothing of ours had run in it: test files share one. */
export async function clearMachine(): Promise<void> {
  if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
    throw new Error('wanted the sandbox, got this machine: run it with tools/sandbox.sh');
  }
  const { status, lines } = await runProgram([...UNINSTALL, '--force']);
  if (status !== 0) throw new Error(lines.join('\n'));
  for (const path of DIRECTORIES) rmSync(path, { recursive: true, force: true });
}

/** What set-up may touch of the machine: accounts by their lines, directories by being there. */
export function describeMachine(): Record<string, string> {
  const files = ['/etc/passwd', '/etc/group', '/etc/shadow', '/etc/gshadow', '/etc/subuid'];
  return Object.fromEntries([
    ...files.map((file) => [file, existsSync(file) ? readFileSync(file, 'utf8') : '']),
    ...DIRECTORIES.map((path) => [path, String(existsSync(path))]),
    ['home', String(existsSync('/home/vestibule-demo'))],
    ['utmp', String(existsSync('/run/utmp'))],
    ['command', String(existsSync(COMMAND))],
  ]);
}
