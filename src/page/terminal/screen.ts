/** The terminal on the page: xterm.js with its size, its colours and its notices. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';
import { applyStylesByCssom } from './style-by-cssom.ts';

export interface Size {
  readonly rows: number;
  readonly columns: number;
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
  /** What fits this window; another viewer may have set another size. */
  own: Size;

  constructor(place: HTMLElement, onSize: (size: Size) => void) {
    applyStylesByCssom();
    Terminal.strings.promptLabel = texts.terminal.label;
    const darkness = matchMedia('(prefers-color-scheme: dark)');
    const theme = (): ITheme => (darkness.matches ? dark : light);
    this.terminal = new Terminal({
      theme: theme(),
      fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: 14,
      // A row as high as the measured letter cuts the underscore off in some fonts.
      lineHeight: 1.15,
      scrollback: 10_000,
      cursorBlink: true,
      minimumContrastRatio: 4.5,
      disableStdin: true,
    });
    darkness.addEventListener('change', () => {
      this.terminal.options.theme = theme();
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.open(place);
    this.own = this.measure();
    this.restoreOwnSize();
    new ResizeObserver(() => {
      const { rows, columns } = this.own;
      this.own = this.measure();
      this.restoreOwnSize();
      if (rows !== this.own.rows || columns !== this.own.columns) onSize(this.own);
    }).observe(place);
  }

  resize({ rows, columns }: Size): void {
    if (rows === 0 || columns === 0) return;
    this.terminal.resize(columns, rows);
  }

  restoreOwnSize(): void {
    const { rows, cols } = this.terminal;
    if (rows !== this.own.rows || cols !== this.own.columns) this.resize(this.own);
  }

  /** Cancels what escape sequence the loss may have cut, and says how much is missing, unless a program draws here. */
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
