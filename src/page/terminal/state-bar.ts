/** The line below the terminal: how the connection is, and what can be done about it. */
import { texts } from '../texts.ts';

export type Tone = 'good' | 'wait' | 'bad' | 'done';
export interface BarState {
  readonly tone: Tone;
  readonly text: string;
  readonly action?: { readonly text: string; readonly run: () => void };
}

export class StateBar {
  private readonly bar: HTMLElement;
  private readonly text = document.createElement('span');
  private readonly button = document.createElement('button');
  private readonly link = document.createElement('a');

  constructor(bar: HTMLElement, home: string) {
    this.bar = bar;
    bar.setAttribute('aria-label', texts.terminal.bar);
    this.text.setAttribute('role', 'status');
    this.button.type = 'button';
    this.link.href = home;
    this.link.textContent = texts.terminal.sessions;
    bar.append(this.text, this.button, this.link);
  }

  show({ tone, text, action }: BarState): void {
    this.bar.dataset.tone = tone;
    if (this.text.textContent !== text) this.text.textContent = text;
    this.button.hidden = action === undefined;
    this.button.textContent = action?.text ?? '';
    this.button.onclick = action?.run ?? null;
  }

  focus(): void {
    (this.button.hidden ? this.link : this.button).focus();
  }
}
