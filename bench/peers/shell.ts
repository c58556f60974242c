/** A shell somewhere, by whatever carries its bytes. */
import { EventEmitter, once } from 'node:events';

export class Shell {
  output = '';
  readonly type: (text: string) => void;
  readonly close: () => Promise<void> | void;
  private readonly heard = new EventEmitter();

  constructor(type: (text: string) => void, close: () => Promise<void> | void) {
    this.type = type;
    this.close = close;
  }

  /** What the shell wrote. */
  take(text: string): void {
    this.output += text;
    this.heard.emit('output');
  }

  async until(fits: (output: string) => boolean): Promise<void> {
    while (!fits(this.output)) await once(this.heard, 'output');
  }

  /** Resolves when it has run a command. */
  async answer(): Promise<void> {
    const mark = Math.random().toString(36).slice(2, 8);
    this.type(`echo 'an''swer-${mark}'\r`);
    await this.until((output) => output.includes(`answer-${mark}`));
  }
}
