/**
 * Our five cookies. The prefixes make browsers refuse them from anywhere but this host over HTTPS; Http- from scripts,
 * too: one on the session origin can push our cookies out, and must not put an attacker's ticket in their place. To
 * browsers that do not know it (Chrome before 140) it is the old __Host-.
 */
export const TICKET_COOKIE = '__Host-Http-vestibule-ticket';
export const SIGN_IN_COOKIE = '__Host-Http-vestibule-sign-in';
export const BROWSER_COOKIE = '__Host-Http-vestibule-browser';
export const ENTRY_COOKIE = '__Host-Http-vestibule-entry';
export const PASS_COOKIE = '__Secure-vestibule-session';

/** The value of one cookie; a name that came twice counts as missing, for nobody can say which one is ours. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** Ends with the browser; how long the ticket is good is the broker's business. Lax: links from elsewhere work. */
export function ticketCookie(ticket: string): string {
  return `${TICKET_COOKIE}=${ticket}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** Shows that this browser has signed in before. It outlives sign-ins; as long as browsers keep one (RFC 6265bis: 400 days). */
export function browserCookie(secret: string): string {
  return `${BROWSER_COOKIE}=${secret}; Path=/; Max-Age=${400 * 86_400}; Secure; HttpOnly; SameSite=Strict`;
}

/** Binds a sign-in conversation to the browser that began it. */
export function signInCookie(secret: string, seconds: number): string {
  return `${SIGN_IN_COOKIE}=${secret}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
}

/** What one-time codes are bound to (sessions/bind-browser.ts); on the session origin, too. */
export function entryCookie(secret: string): string {
  return `${ENTRY_COOKIE}=${secret}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}

/** The path keeps one session's pass from another session's program. */
export function passCookie(pass: string, path: string): string {
  return `${PASS_COOKIE}=${pass}; Path=${path}; Secure; HttpOnly; SameSite=Strict`;
}

export function clearCookie(name: typeof TICKET_COOKIE | typeof SIGN_IN_COOKIE): string {
  return `${name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`;
}
