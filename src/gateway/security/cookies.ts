/**
 * Our five cookies. With these prefixes a browser accepts them from this host over HTTPS only, and those with Http- not
 * from scripts: a script on the session origin can push our cookies out of the jar, but must not replace the ticket
 * with an attacker's. Browsers that do not know Http- (Chrome before 140) take it for the old __Host-.
 */
export const TICKET_COOKIE = '__Host-Http-vestibule-ticket';
export const SIGN_IN_COOKIE = '__Host-Http-vestibule-sign-in';
export const BROWSER_COOKIE = '__Host-Http-vestibule-browser';
export const ENTRY_COOKIE = '__Host-Http-vestibule-entry';
export const PASS_COOKIE = '__Secure-vestibule-session';

/** The value of one cookie. A name that occurs twice counts as missing: it is unknown which one is ours. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

/** Ends with the browser; the broker decides how long the ticket is good. Lax: links from other sites work. */
export function ticketCookie(ticket: string): string {
  return `${TICKET_COOKIE}=${ticket}; Path=/; Secure; HttpOnly; SameSite=Lax`;
}

/** Shows that this browser has signed in before. Kept for as long as browsers allow (RFC 6265bis: 400 days). */
export function browserCookie(secret: string): string {
  return `${BROWSER_COOKIE}=${secret}; Path=/; Max-Age=${400 * 86_400}; Secure; HttpOnly; SameSite=Strict`;
}

/** Binds a sign-in conversation to the browser that began it. */
export function signInCookie(secret: string, seconds: number): string {
  return `${SIGN_IN_COOKIE}=${secret}; Path=/; Max-Age=${seconds}; Secure; HttpOnly; SameSite=Strict`;
}

/** The browser's secret that one-time codes are bound to (sessions/bind-browser.ts); set on the session origin, too. */
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
