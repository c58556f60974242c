/** What the administrator has the pages say (`www-title`, `www-banner`): the gateway puts it into index.html. */

function content(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';
}

/** What people sign in to. */
export function readTitle(host: string): string {
  return content('vestibule-title') || host;
}

/** Empty: there is none. */
export function readBanner(): string {
  return content('vestibule-banner');
}
