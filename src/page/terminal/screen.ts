/** The terminal on the page: xterm.js with its size, its colours and its notices. */
import { FitAddon } from '@xterm/addon-fit';
import { type ILinkHandler, type ITheme, Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';
import { measureAsPrograms } from './character-width.ts';
import { scrollOut } from './scroll-out.ts';
import type { Settings } from './settings.ts';
import { applyStylesByCssom } from './style-by-cssom.ts';

export interface Size {
  readonly rows: number;
  readonly columns: number;
}
export interface ScreenOptions {
  readonly settings: Settings;
  readonly linkHandler: ILinkHandler;
  /** What fits this window has changed. */
  readonly onSize: (size: Size) => void;
  /** The terminal has another size now; foreign: one that another viewer set. */
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
  /** What fits this window; another viewer may have set another size. */
  own: Size;
  /** The terminal's size, but for the moment in which the past is shown. */
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
      // A row as high as the measured letter cuts the underscore off in some fonts.
      lineHeight: 1.15,
      scrollback: settings.scrollback,
      screenReaderMode: settings.screenReader,
      linkHandler,
      macOptionClickForcesSelection: true,
      // For the widths of characters, and for the marks of what is found.
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

  /** Another viewer decides the size. */
  get isForeign(): boolean {
    const { rows, columns } = this.wanted;
    return rows !== this.own.rows || columns !== this.own.columns;
  }

  private refit(): void {
    const { own, isForeign } = this;
    this.own = this.measure();
    // The bar grows when it says that the size is another's: that must not take it back.
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

  /**
   * Shows what makes a screen of this size instead of what is shown; lost: bytes of output between the two. A resize
   * first writes all that waits, at the size before.
   */
  showPast({ rows, columns }: Size, lost: bigint, write: () => void): void {
    scrollOut(this.terminal, lost);
    this.terminal.resize(columns, rows);
    write();
    this.terminal.resize(this.wanted.columns, this.wanted.rows);
  }

  restoreOwnSize(): void {
    if (this.isForeign) this.resize(this.own);
  }

  private measure(): Size {
    const { rows, cols } = this.fit.proposeDimensions() ?? { rows: 24, cols: 80 };
    return { rows, columns: cols };
  }
}
