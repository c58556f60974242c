/** What the page's own keys do. */
import type { Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';
import { findShortcut, type Shortcut } from './shortcuts.ts';

export interface ShortcutActs {
  readonly find: () => void;
  readonly leave: () => void;
  readonly changeFontSize: (step: -1 | 0 | 1) => void;
  /** Shows that something could not be done. */
  readonly failed: (text: string) => void;
}

export function actOnShortcuts(terminal: Terminal, acts: ShortcutActs): void {
  const table: Record<Exclude<Shortcut, 'paste'>, () => void> = {
    copy: () => copySelection(terminal, acts.failed),
    selectAll: () => terminal.selectAll(),
    find: acts.find,
    // A program may use every key, even Tab; this one leaves the terminal without a mouse.
    leave: acts.leave,
    larger: () => acts.changeFontSize(1),
    smaller: () => acts.changeFontSize(-1),
    normal: () => acts.changeFontSize(0),
  };
  const mac = /^Mac|^iP/.test(navigator.platform);
  terminal.attachCustomKeyEventHandler((event) => {
    const shortcut = findShortcut(event, mac);
    if (shortcut === null) return true;
    // The browser pastes by itself, without asking for a permission.
    if (shortcut === 'paste') return false;
    event.preventDefault();
    if (event.type === 'keydown') table[shortcut]();
    return false;
  });
}

function copySelection(terminal: Terminal, failed: (text: string) => void): void {
  const text = terminal.getSelection();
  if (text === '') return;
  navigator.clipboard.writeText(text).catch(() => failed(texts.terminal.copyFailed));
}
