/** Where browsers reach the server through a reverse proxy: three options that belong together. */
import type { Configuration, OptionKey } from './options.ts';

export interface PublicAddress {
  /** Prefix of all paths; '' without one. */
  readonly root: string;
  /** null: the host name in the request, with our own ports. */
  readonly origins: { readonly home: string; readonly session: string } | null;
}
/** An option, and what is wrong with it. */
export type Wrong = readonly [OptionKey, string];

const ROOT = /^(?:\/[\w.~-]*[\w~-][\w.~-]*)+$/;
/** As browsers write it in the Origin header: no upper case, no default port, no path. */
const ORIGIN =
  /^https:\/\/(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::(?<port>[1-9][0-9]{0,4}))?$/;

export function readPublicAddress(values: Configuration): PublicAddress {
  const [wrong] = findWrongAddresses(values);
  if (wrong !== undefined) throw new Error(`'${wrong[0]}' wanted ${wrong[1]}`);
  const [home, session] = [values['www-home-origin'], values['www-session-origin']];
  return { root: values['www-root-path'], origins: home === '' ? null : { home, session } };
}

export function findWrongAddresses(values: Configuration): Wrong[] {
  const wrong: Wrong[] = [];
  const root = values['www-root-path'];
  const [home, session] = [values['www-home-origin'], values['www-session-origin']];
  if (root !== '' && !ROOT.test(root)) {
    const wanted =
      'a path such as /term (letters, digits, ".", "_", "~" and "-", no slash at its end)';
    wrong.push(['www-root-path', `${wanted}, got '${root}'; correct it`]);
  }
  for (const [key, origin] of [
    ['www-home-origin', home],
    ['www-session-origin', session],
  ] as const) {
    if (origin !== '' && !isOrigin(origin)) {
      const wanted =
        'an origin such as https://login.example.org or https://login.example.org:8443';
      wrong.push([
        key,
        `${wanted} (lower case, without a path and without :443), got '${origin}'; correct it`,
      ]);
    }
  }
  const alone = 'to be set together with the other one, got one; set both';
  if (home !== '' && session === '') wrong.push(['www-home-origin', alone]);
  if (home === '' && session !== '') wrong.push(['www-session-origin', alone]);
  if (home !== '' && home === session) {
    wrong.push([
      'www-session-origin',
      'another origin than www-home-origin, got the same one: a script in a session could act as the person who opens the session; use another host name or port',
    ]);
  }
  return wrong;
}

function isOrigin(text: string): boolean {
  const match = ORIGIN.exec(text);
  if (match === null) return false;
  const port = match.groups?.port;
  return port === undefined || (port !== '443' && Number(port) <= 65_535);
}
