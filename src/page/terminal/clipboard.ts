/** Between the terminal and the clipboard: a person copies and pastes; a program may write to it if a person lets it. */
import type { Terminal } from '@xterm/xterm';

/** Characters that a program may put on the clipboard at once. */
export const MOST_WRITTEN = 100_000;

/**
 * Text from elsewhere must not contain keys: an escape would end the bracketed paste, and what follows would be
 * commands. Tab and the line ends are all that remains of the control characters.
 */
export function cleanPaste(text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
}

/** In the place of xterm.js, which pastes text as it is. */
export function pasteCleanly(terminal: Terminal, place: HTMLElement): void {
  place.addEventListener(
    'paste',
    (event) => {
      event.preventDefault();
      event.stopPropagation();
      terminal.paste(cleanPaste(event.clipboardData?.getData('text/plain') ?? ''));
    },
    { capture: true },
  );
}

/** OSC 52 "c;<base64>"; null: a question, or nothing that could be written. */
export function readClipboardWrite(data: string): string | null {
  const [, base64 = ''] = /^[cpqs0-7]*;([A-Za-z0-9+/=]*)$/.exec(data) ?? [];
  if (base64 === '' || base64.length > MOST_WRITTEN * 4) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.length > MOST_WRITTEN ? null : text;
  } catch {
    return null;
  }
}

export interface ProgramClipboard {
  readonly allowed: () => boolean;
  /** Scroll-back that is shown again must not write a second time. */
  readonly isOld: () => boolean;
  readonly written: (characters: number) => void;
}

export function listenToClipboard(
  terminal: Terminal,
  { allowed, isOld, written }: ProgramClipboard,
): void {
  terminal.parser.registerOscHandler(52, (data) => {
    const text = allowed() && !isOld() ? readClipboardWrite(data) : null;
    if (text !== null) {
      // The browser may refuse, to a tab in the background for one: then nothing has been written.
      navigator.clipboard.writeText(text).then(
        () => written(text.length),
        () => {},
      );
    }
    return true;
  });
}
