/** A terminal's screen and modes as text that can be compared, from xterm.js without a browser. */
import assert from 'node:assert/strict';
import headless from '@xterm/headless';
import { measureAsPrograms } from '../../src/page/terminal/character-width.ts';
import { mendErase } from '../../src/page/terminal/mend-erase.ts';

const { Terminal } = headless;
export type Headless = InstanceType<typeof Terminal>;
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
  readonly _inputHandler: { readonly _windowTitle: string; readonly _curAttrData: Looks };
  readonly _oscLinkService: { getLinkData(link: number): { id?: string; uri: string } | undefined };
  readonly buffer: {
    readonly scrollTop: number;
    readonly scrollBottom: number;
    readonly tabs: object;
  };
}
/** Of a cell, or of what is printed next. */
interface Looks {
  readonly fg: number;
  readonly bg: number;
  readonly extended: {
    readonly underlineStyle: number;
    readonly underlineColor: number;
    readonly urlId: number;
  };
}
/** The link of a cell; address null: xterm.js has forgotten it, and shows none. */
interface Link {
  readonly link: number;
  readonly address: string | null;
}

const HAS_EXTENDED = 1 << 28;
const UNDERLINE = 1 << 28;
const KINDS = [0, 0xff, 0xff, 0xffffff];

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

function readColor(color: number): string {
  const kind = (color >>> 24) & 3;
  return kind === 0 ? '' : `${kind}:${(color & KINDS[kind]!).toString(16)}`;
}

/** The underline that is drawn, which is another matter than the flag of it. */
function readUnderline({ fg, bg, extended }: Looks): string {
  if ((bg & HAS_EXTENDED) === 0) return (fg & UNDERLINE) === 0 ? '' : '1';
  const { underlineStyle: style, underlineColor } = extended;
  return style === 0 ? '' : style + readColor(underlineColor);
}

function readLooks(looks: Looks): string {
  const { fg, bg } = looks;
  const flags = ((fg >>> 24) & 0xec) | (((bg >>> 24) & 0x6c) << 8);
  return [flags.toString(16), readColor(fg), readColor(bg), readUnderline(looks)].join(',');
}

const PLAIN = '0,,,';

function readLine(terminal: Headless, buffer: Buffer_, y: number): string {
  const line = buffer.getLine(buffer.baseY + y)!;
  let text = line.isWrapped && y > 0 ? '>' : '|';
  for (let x = 0; x < terminal.cols; x++) {
    const cell = line.getCell(x)!;
    const chars = cell.getChars();
    // The second half of a wide character, or what is left of it: of that the background alone is compared.
    const isHalf = cell.getWidth() === 0 && chars === '';
    const all = cell as unknown as Looks;
    const looks = isHalf ? `0,,${readColor(all.bg)},` : readLooks(all);
    const width = cell.getWidth() === 1 || isHalf ? '' : `w${cell.getWidth()}`;
    text += (chars === '' ? '·' : chars) + width + (looks === PLAIN ? '' : `{${looks}}`);
  }
  return text.replace(/·+$/, '');
}

function readLink({ _oscLinkService }: Core, { bg, extended }: Looks): Link | null {
  if ((bg & HAS_EXTENDED) === 0 || extended.urlId === 0) return null;
  const data = _oscLinkService.getLinkData(extended.urlId);
  return { link: extended.urlId, address: data === undefined ? null : data.uri };
}

/** By line and column. */
function readLinks(terminal: Headless, core: Core, buffer: Buffer_): Map<string, Link> {
  const links = new Map<string, Link>();
  for (let y = 0; y < terminal.rows; y++) {
    const line = buffer.getLine(buffer.baseY + y)!;
    for (let x = 0; x < terminal.cols; x++) {
      const cell = line.getCell(x)!;
      const link = cell.getWidth() === 0 ? null : readLink(core, cell as unknown as Looks);
      if (link !== null) links.set(`${buffer.type} ${y} ${x}`, link);
    }
  }
  return links;
}

export function readState(terminal: Headless) {
  const { _core: core } = terminal as unknown as { _core: Core };
  const { active } = terminal.buffer;
  const shown = active.type === 'alternate' ? [active, terminal.buffer.normal] : [active];
  const rows = (buffer: Buffer_) =>
    Array.from({ length: terminal.rows }, (_, y) => readLine(terminal, buffer, y));
  return {
    screen: rows(active),
    below: active.type === 'alternate' ? rows(terminal.buffer.normal) : [],
    links: new Map(shown.flatMap((buffer) => [...readLinks(terminal, core, buffer)])),
    cursor: [active.cursorX, active.cursorY],
    kind: active.type,
    modes: { ...core.coreService.decPrivateModes, ...core.coreService.modes },
    hidden: core.coreService.isCursorHidden,
    lineFeed: terminal.options.convertEol,
    mouse: [core.coreMouseService.activeProtocol, core.coreMouseService.activeEncoding],
    region: [core.buffer.scrollTop, core.buffer.scrollBottom],
    tabs: Object.keys(core.buffer.tabs).filter((x) => Number(x) < terminal.cols),
    title: core._inputHandler._windowTitle,
    pen: readLooks(core._inputHandler._curAttrData),
  };
}
export type State = ReturnType<typeof readState>;

/**
 * Cells with their address, and which of them are one link. xterm.js forgets an address when it believes that the lines
 * with it are gone, which it tells by markers that not all that moves lines takes along: where one of the two has
 * forgotten, nothing is compared.
 */
function nameLinks(links: State['links'], others: State['links']): string[] {
  const first = new Map<number, string>();
  const names: string[] = [];
  for (const [place, { link, address }] of links) {
    if (address === null || others.get(place)?.address === null) continue;
    if (!first.has(link)) first.set(link, place);
    names.push(`${place}: ${address} as ${first.get(link)}`);
  }
  return names;
}

export function assertSameState(came: State, wanted: State, message: string): void {
  const links = nameLinks(came.links, wanted.links);
  assert.deepEqual(
    { ...came, links },
    { ...wanted, links: nameLinks(wanted.links, came.links) },
    message,
  );
}
