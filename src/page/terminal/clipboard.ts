/** Copying and pasting, and a program's writes to the clipboard, which the person can allow. */
import type { Terminal } from '@xterm/xterm';

/** Most characters that a program may write to the clipboard at once. */
export const MOST_WRITTEN = 100_000;

/**
 * Removes control characters from pasted text, except tabs and line ends: an escape sequence could end the bracketed
 * paste, and the shell would take what follows for typed commands.
 */
export function cleanPaste(text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '');
}

/** Replaces the paste of xterm.js, which does not clean the text. */
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

/** The text of OSC 52 "c;<base64>"; null: it asks for the clipboard, or holds no text. */
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
  /** Output that was shown before must not write again. */
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
      // The browser may refuse, for example in a background tab: then nothing was written.
      navigator.clipboard.writeText(text).then(
        () => written(text.length),
        () => {},
      );
    }
    return true;
  });
}
