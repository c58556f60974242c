/** The answer to GET /api/home that came with something else, the page or the end of a sign-in. It is good once. */
import type { Home } from '../protocol/page-gateway.ts';
import type { Problem } from '../protocol/problems.ts';

type Answer = Home | { readonly problem: Problem };

let first = readFromPage();

/** null: the server has to be asked. */
export function takeFirstHome(): Answer | null {
  const taken = first;
  first = null;
  return taken;
}

export function keepFirstHome(home: Home | null): void {
  first = home;
}

/** What the gateway put into index.html: as it would answer, a problem too. */
function readFromPage(): Answer | null {
  const place = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="vestibule-home"]');
  return place ? (JSON.parse(place.content) as Answer) : null;
}
