/**
 * Links in the output. A click opens an address that is part of the text. The text of an OSC 8 link may differ from its
 * address: the page shows the address and asks first.
 */
import { WebLinksAddon } from '@xterm/addon-web-links';
import type { ILinkHandler, Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';
import { closeOnBackdrop } from './dialogs.ts';

/** The address if it is http or https, else null. */
export function readAddress(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === 'https:' || protocol === 'http:' ? href : null;
}

export interface LinkOptions {
  /** Address of the link under the pointer; empty: none. */
  readonly hint: (address: string) => void;
}

export function makeLinkHandler({ hint }: LinkOptions): ILinkHandler {
  return {
    activate: (_event, text) => {
      const address = readAddress(text);
      if (address !== null) confirmLink(address);
    },
    hover: (_event, text) => hint(readAddress(text) ?? ''),
    leave: () => hint(''),
  };
}

export function openPlainLinks(terminal: Terminal, { hint }: LinkOptions): void {
  const open = (_event: MouseEvent, text: string): void => {
    const address = readAddress(text);
    if (address !== null) window.open(address, '_blank', 'noopener,noreferrer');
  };
  terminal.loadAddon(
    new WebLinksAddon(open, {
      hover: (_event, text) => hint(readAddress(text) ?? ''),
      leave: () => hint(''),
    }),
  );
}

function confirmLink(address: string): void {
  const words = texts.terminal.link;
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-label', words.title);
  const text = document.createElement('p');
  text.textContent = words.title;
  const code = document.createElement('code');
  code.textContent = address;
  const link = document.createElement('a');
  Object.assign(link, { href: address, target: '_blank', rel: 'noopener noreferrer' });
  link.textContent = words.open;
  const cancel = document.createElement('button');
  cancel.type = 'button';
  cancel.textContent = words.cancel;
  const acts = document.createElement('div');
  acts.className = 'acts';
  acts.append(cancel, link);
  dialog.append(text, code, acts);
  link.onclick = cancel.onclick = () => dialog.close();
  closeOnBackdrop(dialog);
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
  cancel.focus();
}
