/** A directory on a file system whose server has gone silent (test/fakes/hung-fs.c). */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { readProcessState } from '../../src/lib/process-state.ts';
import { findProcesses } from './processes.ts';
import { until } from './product.ts';

export class HungDirectory {
  readonly path: string;
  /** Resolves when the file system has taken a request: before, whoever asks can still be killed. */
  readonly asked: Promise<unknown>;
  private readonly server: ChildProcess;

  private constructor(path: string, server: ChildProcess, lines: Interface) {
    this.path = path;
    this.server = server;
    this.asked = once(lines, 'line');
  }

  /** Over what is there. */
  static async mount(path: string): Promise<HungDirectory> {
    const server = spawn('build/test-c/hung-fs', [path], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(server, 'exit').then(() => {
      throw new Error(`hung-fs could not mount '${path}'`);
    });
    const lines = createInterface(server.stdout);
    await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => {});
    return new HungDirectory(path, server, lines);
  }

  /** Until `cat PATH` waits in it, and cannot be killed. */
  async catWaits(path: string): Promise<void> {
    await this.asked;
    const waits = (): boolean =>
      findProcesses(path).some(
        ({ pid, argv }) => argv[0] === 'cat' && readProcessState(pid)?.state === 'D',
      );
    await until(waits, `a process that waits in '${path}'`);
  }

  /** Whoever waits in it goes on, with an error; then what was there before is there again. */
  async answer(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill();
    await ended;
    // Lazily: whoever waited is about to leave it.
    execFileSync('umount', ['-l', this.path]);
  }
}
