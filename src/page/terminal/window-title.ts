/**
 * The program's window title, without characters that could deceive, and a mark on the tab for a bell in the
 * background.
 */
import { texts } from '../texts.ts';

const LONGEST = 100;

/** No control, format (bidirectional, invisible) or unassigned characters, not longer than a line. */
export function cleanTitle(title: string): string {
  const clean = title
    .replace(/\p{Zs}+/gu, ' ')
    .replace(/\p{C}/gu, '')
    .trim();
  const characters = [...clean];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : clean;
}

export class WindowTitle {
  /** The title as the page shows it. */
  shown = '';
  private rung = false;
  private readonly show: (title: string) => void;

  constructor(show: (title: string) => void) {
    this.show = show;
    const seen = (): void => {
      if (!isSeen()) return;
      this.rung = false;
      this.update();
    };
    addEventListener('focus', seen);
    document.addEventListener('visibilitychange', seen);
  }

  set(title: string): void {
    this.shown = cleanTitle(title);
    this.show(this.shown);
    this.update();
  }

  ring(): void {
    this.rung = !isSeen();
    this.update();
  }

  private update(): void {
    const title = this.shown || texts.terminal.title;
    document.title = this.rung ? texts.terminal.rung(title) : title;
  }
}

function isSeen(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
