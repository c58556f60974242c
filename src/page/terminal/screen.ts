/** The terminal on the page: xterm.js with its size, its colours and its notices. */
import { FitAddon } from '@xterm/addon-fit';
import { type ILinkHandler, type ITheme, Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';
import { measureAsPrograms } from './character-width.ts';
import type { Settings } from './settings.ts';
import { applyStylesByCssom } from './style-by-cssom.ts';

export interface Size {
  readonly rows: number;
  readonly columns: number;
}
export interface ScreenOptions {
  readonly settings: Settings;
  readonly linkHandler: ILinkHandler;
  /** The size that fits this window has changed. */
  readonly onSize: (size: Size) => void;
  /** The terminal has been resized. foreign: the size, if another viewer decided it. */
  readonly onShown: (foreign: Size | null) => void;
}
const light: ITheme = {
  background: '#ffffff',
  foreground: '#1b1d1f',
  cursor: '#1b1d1f',
  cursorAccent: '#ffffff',
  selectionBackground: '#a5d8ff',
  selectionInactiveBackground: '#dee2e6',
};
const dark: ITheme = {
  background: '#141517',
  foreground: '#e3e5e8',
  cursor: '#e3e5e8',
  cursorAccent: '#141517',
  selectionBackground: '#1864ab',
  selectionInactiveBackground: '#424242',
};

export class Screen {
  readonly terminal: Terminal;
  private readonly fit = new FitAddon();
  private readonly options: ScreenOptions;
  private readonly place: HTMLElement;
  /** The size that fits this window; another viewer may have decided on another one. */
  own: Size;
  /** The size to show; the terminal differs from it only inside showPast. */
  private wanted: Size;

  constructor(place: HTMLElement, options: ScreenOptions) {
    this.options = options;
    this.place = place;
    const { settings, linkHandler } = options;
    applyStylesByCssom();
    Terminal.strings.promptLabel = texts.terminal.label;
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    const theme = (): ITheme => (darkness.matches ? dark : light);
    this.terminal = new Terminal({
      theme: theme(),
      fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: settings.fontSize,
      // With 1 some fonts lose their underscore: the row is as high as the letter that is measured.
      lineHeight: 1.15,
      scrollback: settings.scrollback,
      screenReaderMode: settings.screenReader,
      linkHandler,
      macOptionClickForcesSelection: true,
      // Needed for the widths of characters and for the marks of matches.
      allowProposedApi: true,
      cursorBlink: true,
      minimumContrastRatio: 4.5,
    });
    darkness.addEventListener('change', () => {
      this.terminal.options.theme = theme();
    });
    this.terminal.loadAddon(this.fit);
    measureAsPrograms(this.terminal);
    this.terminal.open(place);
    this.own = this.measure();
    this.wanted = { rows: this.terminal.rows, columns: this.terminal.cols };
    this.restoreOwnSize();
    new ResizeObserver(() => this.refit()).observe(place);
  }

  apply({ fontSize, scrollback, screenReader }: Settings): void {
    this.terminal.options.scrollback = scrollback;
    this.terminal.options.screenReaderMode = screenReader;
    if (this.terminal.options.fontSize === fontSize) return;
    this.terminal.options.fontSize = fontSize;
    this.refit();
  }

  /** The size is another viewer's. */
  get isForeign(): boolean {
    const { rows, columns } = this.wanted;
    return rows !== this.own.rows || columns !== this.own.columns;
  }

  private refit(): void {
    const { own, isForeign } = this;
    this.own = this.measure();
    // A foreign size makes the bar taller, and so this window's size smaller: that must not change the size again.
    if (isForeign || (own.rows === this.own.rows && own.columns === this.own.columns)) return;
    this.restoreOwnSize();
    this.options.onSize(this.own);
  }

  resize({ rows, columns }: Size): void {
    if (rows === 0 || columns === 0) return;
    this.wanted = { rows, columns };
    this.terminal.resize(columns, rows);
    this.place.classList.toggle('foreign', this.isForeign);
    this.options.onShown(this.isForeign ? { rows, columns } : null);
  }

  /** Scrolls the screen into the scroll-back; the alternate screen has none. */
  scrollOut(): void {
    const { terminal } = this;
    if (terminal.buffer.active.type === 'alternate') return;
    terminal.write(`\x1b[r\x1b[${terminal.rows}H${'\n'.repeat(terminal.rows)}`);
  }

  /** Writes a snapshot at its own size. A resize first processes what waits, at the size before. */
  showPast({ rows, columns }: Size, write: () => void): void {
    this.terminal.resize(columns, rows);
    write();
    this.terminal.resize(this.wanted.columns, this.wanted.rows);
  }

  restoreOwnSize(): void {
    if (this.isForeign) this.resize(this.own);
  }

  /**
   * Cancels an escape sequence that the loss may have cut, and shows how much is missing, except on the alternate
   * screen.
   */
  showLoss(bytes: bigint): void {
    this.terminal.write('\x18\x1b[0m');
    if (this.terminal.buffer.active.type === 'alternate') return;
    this.terminal.write(`\r\n\x1b[2m${texts.terminal.gap(bytes)}\x1b[0m\r\n`);
  }

  private measure(): Size {
    const { rows, cols } = this.fit.proposeDimensions() ?? { rows: 24, cols: 80 };
    return { rows, columns: cols };
  }
}
