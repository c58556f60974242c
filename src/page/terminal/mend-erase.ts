/**
 * Works around a fault of xterm.js 6.0.0 (eraseInDisplay): for CSI 1 J with the cursor in the last column it looks for
 * the line below in the scroll-back instead of on the screen. Where there is none it throws, and shows nothing any
 * more. Any program can print that.
 */
import type { IParser } from '@xterm/xterm';

interface Params {
  readonly params: readonly number[];
}
/** Private parts of xterm.js. */
interface Core {
  readonly buffer: {
    x: number;
    readonly y: number;
    readonly ybase: number;
    readonly lines: { get(index: number): { isWrapped: boolean } | undefined };
  };
  readonly _inputHandler: {
    eraseInLine(params: Params, keepProtected: boolean): void;
    eraseInDisplay(params: Params, keepProtected: boolean): void;
  };
}

const TO_CURSOR: Params = { params: [1] };

export function mendErase(terminal: { readonly parser: IParser; readonly cols: number }): void {
  const { _core: core } = terminal as unknown as { _core: Core };
  for (const prefix of ['', '?']) {
    const id = prefix === '' ? { final: 'J' } : { prefix, final: 'J' };
    terminal.parser.registerCsiHandler(id, ([what]) => {
      const { buffer, _inputHandler: handler } = core;
      const { x } = buffer;
      if (what !== 1 || x + 1 < terminal.cols) return false;
      handler.eraseInLine(TO_CURSOR, prefix !== '');
      buffer.x = 0;
      handler.eraseInDisplay(TO_CURSOR, prefix !== '');
      buffer.x = x;
      const below = buffer.lines.get(buffer.ybase + buffer.y + 1);
      if (below !== undefined) below.isWrapped = false;
      return true;
    });
  }
}
