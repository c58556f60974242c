/** The line below the terminal: the state of the connection, what can be done about it, and links. */
import { texts } from '../texts.ts';

const NOTE_MS = 8000;

export type Tone = 'good' | 'wait' | 'bad' | 'done';
export interface BarState {
  readonly tone: Tone;
  readonly text: string;
  readonly action?: { readonly text: string; readonly run: () => void };
}
export interface BarOptions {
  readonly home: string;
  readonly find: () => void;
  readonly settings: () => void;
  /** Gives the terminal this window's size again. */
  readonly fit: () => void;
  /** Called before a link of the bar leaves the page. */
  readonly leave: () => void;
  /** Focuses the terminal when the focused element is gone. */
  readonly back: () => void;
}

export class StateBar {
  private readonly bar: HTMLElement;
  private readonly back: () => void;
  private readonly status = document.createElement('span');
  private readonly action = makeButton('');
  private readonly fit = makeButton('');
  private readonly title = document.createElement('h1');
  private readonly notes = document.createElement('span');
  private noting: ReturnType<typeof setTimeout> | undefined;
  private readonly links = document.createElement('nav');
  private readonly fresh: HTMLAnchorElement;

  constructor(bar: HTMLElement, { home, find, settings, fit, leave, back }: BarOptions) {
    this.back = back;
    const words = texts.terminal;
    this.bar = bar;
    bar.setAttribute('aria-label', words.bar);
    this.status.setAttribute('role', 'status');
    this.title.className = 'title';
    this.showTitle('');
    this.notes.className = 'note';
    this.notes.setAttribute('role', 'status');
    this.fit.hidden = true;
    this.fit.title = words.fitHelp;
    this.fit.onclick = fit;
    this.fresh = makeLink(`${home}#new`, words.fresh);
    this.fresh.hidden = true;
    this.links.append(
      ...[makeButton(words.find.open, find), makeButton(words.settings.open, settings)],
      ...[this.fresh, makeLink(home, words.sessions)],
    );
    this.links.onclick = ({ target, ctrlKey, metaKey, shiftKey }) => {
      const here = !ctrlKey && !metaKey && !shiftKey;
      if (target instanceof HTMLAnchorElement && here) leave();
    };
    bar.append(this.status, this.action, this.title, this.notes, this.fit, this.links);
  }

  show({ tone, text, action }: BarState): void {
    this.bar.dataset.tone = tone;
    if (this.status.textContent !== text) this.status.textContent = text;
    const hadFocus = document.activeElement === this.action;
    this.action.hidden = action === undefined;
    if (hadFocus && this.action.hidden) this.back();
    this.action.textContent = action?.text ?? '';
    this.action.onclick = action?.run ?? null;
    // The session has ended: offer a new one.
    this.fresh.hidden = tone !== 'done';
  }

  /** Shown for a while instead of the title, and read by screen readers. */
  note(text: string): void {
    clearTimeout(this.noting);
    this.notes.textContent = text;
    this.noting = setTimeout(() => {
      this.notes.textContent = '';
    }, NOTE_MS);
  }

  /** title: the program's window title, or the address of the link under the pointer. */
  showTitle(title: string): void {
    this.title.textContent = title || texts.terminal.title;
  }

  /** null: the terminal fits this window. */
  showSize(size: { readonly rows: number; readonly columns: number } | null): void {
    this.fit.hidden = size === null;
    if (size !== null) this.fit.textContent = texts.terminal.fit(size.columns, size.rows);
  }

  focus(): void {
    const first = this.bar.querySelector<HTMLElement>('button:not([hidden]), a:not([hidden])');
    first?.focus();
  }
}

function makeButton(text: string, act: (() => void) | null = null): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = text;
  button.onclick = act;
  return button;
}

function makeLink(href: string, text: string): HTMLAnchorElement {
  const link = document.createElement('a');
  link.href = href;
  link.textContent = text;
  return link;
}
