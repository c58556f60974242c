/** The administrator's title and banner (`www-title`, `www-banner`), which the gateway puts into index.html. */

function content(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}

/** The name of the server on the sign-in page. */
export function readTitle(host: string): string {
  return content('vestibule-title') || host;
}

/** Empty: there is none. */
export function readBanner(): string {
  return content('vestibule-banner');
}
