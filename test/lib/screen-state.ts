/** A terminal's screen and modes as text that can be compared, from xterm.js without a browser. */
import headless from '@xterm/headless';
import { measureAsPrograms } from '../../src/page/terminal/character-width.ts';
import { mendErase } from '../../src/page/terminal/mend-erase.ts';

const { Terminal } = headless;
type Headless = InstanceType<typeof Terminal>;
type Buffer_ = Headless['buffer']['normal'];

export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** What xterm.js has no public name for. */
interface Core {
  readonly coreService: {
    readonly decPrivateModes: Record<string, unknown>;
    readonly modes: Record<string, unknown>;
    readonly isCursorHidden: boolean;
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly _inputHandler: { readonly _windowTitle: string; readonly _curAttrData: Pen };
  readonly buffer: {
    readonly scrollTop: number;
    readonly scrollBottom: number;
    readonly tabs: object;
  };
}
interface Pen {
  readonly fg: number;
  readonly bg: number;
}

export function makeTerminal({ rows, columns }: Size): Headless {
  const terminal = new Terminal({
    rows,
    cols: columns,
    scrollback: 0, // full from the start: until it is, a saved cursor moves with what scrolls
    allowProposedApi: true,
    logLevel: 'off',
  });
  measureAsPrograms(terminal as never);
  mendErase(terminal as never);
  return terminal;
}

export function write(terminal: Headless, ...pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) terminal.write(piece);
  return new Promise((resolve) => terminal.write('', resolve));
}

function readLine(terminal: Headless, buffer: Buffer_, y: number): string {
  const line = buffer.getLine(buffer.baseY + y)!;
  let text = line.isWrapped && y > 0 ? '>' : '|';
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line.getCell(x)!;
    const chars = cell.getChars();
    const looks = [
      ...[cell.getBgColorMode(), cell.getBgColor()],
      ...(chars.trim() === '' ? [] : [cell.getFgColorMode(), cell.getFgColor(), cell.getWidth()]),
      ...[cell.isBold(), cell.isItalic(), cell.isDim(), cell.isUnderline(), cell.isBlink()].map(
        (on) => (on && chars !== '' ? 1 : 0),
      ),
      ...[cell.isInverse(), cell.isInvisible(), cell.isStrikethrough(), cell.isOverline()].map(
        (on) => (on && chars !== '' ? 1 : 0),
      ),
    ];
    const plain = looks.every((value) => value === 0 || value === -1 || value === 1);
    text += (chars === '' ? ' ' : chars) + (plain ? '' : `{${looks.join(',')}}`);
  }
  return text.trimEnd();
}

export function readState(terminal: Headless) {
  const { _core: core } = terminal as unknown as { _core: Core };
  const { active } = terminal.buffer;
  const rows = (buffer: Buffer_) =>
    Array.from({ length: terminal.rows }, (_, y) => readLine(terminal, buffer, y));
  const { fg, bg } = core._inputHandler._curAttrData;
  return {
    screen: rows(active),
    below: active.type === 'alternate' ? rows(terminal.buffer.normal) : [],
    cursor: [active.cursorX, active.cursorY],
    kind: active.type,
    modes: { ...core.coreService.decPrivateModes, ...core.coreService.modes },
    hidden: core.coreService.isCursorHidden,
    lineFeed: terminal.options.convertEol,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    region: [core.buffer.scrollTop, core.buffer.scrollBottom],
    tabs: Object.keys(core.buffer.tabs).filter((x) => Number(x) < terminal.cols),
    title: core._inputHandler._windowTitle,
    pen: [fg >>> 24, (bg >>> 24) & ~0x10],
  };
}
