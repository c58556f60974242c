/** Keys that phone keyboards lack. Ctrl and Alt apply to the next key. */
import { texts } from '../texts.ts';
import { cleanPaste } from './clipboard.ts';

type Modifier = 'control' | 'alt';
type Arrow = 'A' | 'B' | 'C' | 'D';
const REPEAT_AFTER_MS = 400;
const REPEAT_MS = 60;
const ESCAPE = '\x1b';

export interface KeyBarOptions {
  /** As if typed. */
  readonly type: (text: string) => void;
  /** DECCKM: the program wants arrow keys in their application form. */
  readonly applicationCursor: () => boolean;
  readonly paste: (text: string) => void;
  /** Shows that something could not be done. */
  readonly failed: (text: string) => void;
}

export class KeyBar {
  private readonly options: KeyBarOptions;
  private readonly buttons = new Map<Modifier, HTMLButtonElement>();

  constructor(bar: HTMLElement, options: KeyBarOptions) {
    this.options = options;
    const words = texts.terminal.keys;
    bar.setAttribute('aria-label', words.label);
    bar.append(
      this.makeKey('Esc', words.escape, () => this.press(ESCAPE)),
      this.makeKey('Tab', words.tab, () => this.press('\t')),
      this.makeModifier('Ctrl', words.control, 'control'),
      this.makeModifier('Alt', words.alt, 'alt'),
      this.makeKey('←', words.left, () => this.pressArrow('D')),
      this.makeKey('↓', words.down, () => this.pressArrow('B')),
      this.makeKey('↑', words.up, () => this.pressArrow('A')),
      this.makeKey('→', words.right, () => this.pressArrow('C')),
      this.makeKey(words.paste, words.paste, () => this.paste()),
    );
  }

  /** Applies the pressed modifiers to what the keyboard typed. */
  modify(text: string): string {
    const control = this.isHeld('control');
    const alt = this.isHeld('alt');
    if ((!control && !alt) || [...text].length !== 1) return text;
    this.release();
    const key = control ? withControl(text) : text;
    return alt ? ESCAPE + key : key;
  }

  private paste(): void {
    navigator.clipboard.readText().then(
      (text) => this.options.paste(cleanPaste(text)),
      () => this.options.failed(texts.terminal.pasteFailed),
    );
  }

  private press(text: string): void {
    const alt = this.isHeld('alt');
    this.release();
    this.options.type(alt ? ESCAPE + text : text);
  }

  private pressArrow(arrow: Arrow): void {
    const modifiers = 1 + (this.isHeld('alt') ? 2 : 0) + (this.isHeld('control') ? 4 : 0);
    this.release();
    const plain = this.options.applicationCursor() ? `${ESCAPE}O${arrow}` : `${ESCAPE}[${arrow}`;
    this.options.type(modifiers === 1 ? plain : `${ESCAPE}[1;${modifiers}${arrow}`);
  }

  private makeKey(face: string, label: string, press: () => void): HTMLButtonElement {
    const button = makeButton(face, label);
    button.onclick = press;
    repeatWhileHeld(button, press);
    return button;
  }

  private makeModifier(face: string, label: string, modifier: Modifier): HTMLButtonElement {
    const button = makeButton(face, label);
    button.setAttribute('aria-pressed', 'false');
    button.onclick = () => button.setAttribute('aria-pressed', String(!this.isHeld(modifier)));
    this.buttons.set(modifier, button);
    return button;
  }

  private isHeld(modifier: Modifier): boolean {
    return this.buttons.get(modifier)?.getAttribute('aria-pressed') === 'true';
  }

  private release(): void {
    for (const button of this.buttons.values()) button.setAttribute('aria-pressed', 'false');
  }
}

/** Ctrl+C is 3, Ctrl+Space 0, Ctrl+? DEL; a key without a control character is unchanged. */
export function withControl(key: string): string {
  const upper = key.toUpperCase();
  if (upper === ' ') return '\0';
  if (upper === '?') return '\x7f';
  return /^[@-_]$/.test(upper) ? String.fromCharCode(upper.charCodeAt(0) & 0x1f) : key;
}

function makeButton(face: string, label: string): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = face;
  button.setAttribute('aria-label', label);
  // The focus stays in the terminal; otherwise the phone would hide its keyboard.
  button.addEventListener('pointerdown', (event) => event.preventDefault());
  button.addEventListener('mousedown', (event) => event.preventDefault());
  return button;
}

function repeatWhileHeld(button: HTMLButtonElement, press: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const again = (): void => {
    press();
    timer = setTimeout(again, REPEAT_MS);
  };
  button.addEventListener('pointerdown', () => {
    timer = setTimeout(again, REPEAT_AFTER_MS);
  });
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
    button.addEventListener(end, () => clearTimeout(timer));
  }
}
