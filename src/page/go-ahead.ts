/** What a browser prepares while a person is still on their way to a terminal. */

/** Fetches the terminal page's script. It is of the same site, so the page finds it in the browser's cache. */
export function fetchTerminalAhead(): void {
  const link = makeLink('prefetch');
  document.head.append(link);
}

/**
 * Connects to the session origin, which takes two round trips. Only when it will soon be used: a browser closes a
 * connection that is idle for some seconds.
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
