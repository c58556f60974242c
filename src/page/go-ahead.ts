/** What a browser can do before a person goes to a terminal, while it waits anyway. */

/** The terminal page's script: same site, so the browser's cache has it when the page asks for it. */
export function fetchTerminalAhead(): void {
  const link = makeLink('prefetch');
  document.head.append(link);
}

/**
 * A connection to the session origin takes two round trips. Not before it is likely to be used: a browser closes one that
 * is not used for some seconds.
 */
export function connectAhead(): void {
  const link = makeLink('preconnect');
  document.head.append(link);
  link.remove();
}

function makeLink(rel: 'prefetch' | 'preconnect'): HTMLLinkElement {
  const link = document.createElement('link');
  link.rel = rel;
  link.href = document.querySelector<HTMLMetaElement>('meta[name="terminal-script"]')!.content;
  return link;
}
