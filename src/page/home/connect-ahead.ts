/**
 * Opens a connection to the session origin just before a person goes there, as that takes two round trips. Not earlier:
 * a browser closes one that is not used for some seconds.
 */
export function connectAhead(): void {
  const link = document.createElement('link');
  link.rel = 'preconnect';
  link.href = document.querySelector<HTMLMetaElement>('meta[name="session-origin"]')!.content;
  document.head.append(link);
  link.remove();
}
