/** The product as an administrator starts it: `npm start`, inside the sandbox. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Server {
  readonly url: string;
  /** null: it listens on loopback only. */
  readonly urlForOthers: string | null;
  /** SHA-256 of the certificate, as openssl writes it. */
  readonly fingerprint: string;
  readonly user: string | null;
  readonly password: string | null;
  readonly child: ChildProcess;
  /** All that it wrote to stderr so far. */
  log(): string;
  /** What Ctrl-C does: SIGINT to the foreground process group. Resolves with all it printed when it has ended. */
  interrupt(): Promise<string>;
}

export async function startServer(...args: string[]): Promise<Server> {
  if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
    throw new Error('wanted the sandbox, got this machine: run it with tools/sandbox.sh');
  }
  const child = spawn('npm', ['start', '--silent', '--', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let errors = '';
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const first = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      output += `${line}\n`;
      resolve(line);
    });
  });
  const line = await Promise.race([
    first,
    ended.then(() => {
      throw new Error(`npm start ended before it was ready:\n${errors}`);
    }),
  ]);
  const ready = JSON.parse(line) as Pick<
    Server,
    'url' | 'urlForOthers' | 'fingerprint' | 'user' | 'password'
  >;
  return {
    ...ready,
    child,
    log: () => errors,
    interrupt: async () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, 'SIGINT');
      await ended;
      return output + errors;
    },
  };
}
