/** What a program shows on a terminal of its own, and what is typed there: of su and ssh as children of ours. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Screen {
  readonly output: () => string;
  /** Waits until the output, from `after` on, has it. Null: the program has ended without. */
  readonly until: (pattern: RegExp, after?: number) => Promise<RegExpExecArray | null>;
  readonly type: (line: string) => void;
  /** Resolves when the program has ended. */
  readonly ended: Promise<unknown>;
}

/** A module that hangs, or a prompt that never comes, is a failure and no wait. */
const PATIENCE_MS = 60_000;

export function openScreen(argv: readonly string[], env: NodeJS.ProcessEnv): Screen {
  const child = spawn(argv[0]!, argv.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env, cwd: '/' });
  const ended = once(child, 'close');
  const waiting = new Set<() => void>();
  let output = '';
  let over = false;
  const wake = (): void => {
    for (const resume of waiting) resume();
    waiting.clear();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      wake();
    });
  }
  child.stdin.on('error', () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  void ended.then(() => {
    clearTimeout(timer);
    over = true;
    wake();
  });
  return {
    output: () => output,
    ended,
    type: (line) => void child.stdin.write(`${line}\n`),
    until: async (pattern, after = 0) => {
      for (;;) {
        const match = pattern.exec(output.slice(after));
        if (match !== null || over) return match;
        await new Promise<void>((resume) => waiting.add(resume));
      }
    },
  };
}
