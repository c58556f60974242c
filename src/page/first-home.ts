/** The answer to GET /api/home that came with the page or with the end of a sign-in. It can be taken once. */
import type { Home } from '../protocol/page-gateway.ts';
import type { Problem } from '../protocol/problems.ts';

type Answer = Home | { readonly problem: Problem };

let first = readFromPage();

/** null: there is none, the server has to be asked. */
export function takeFirstHome(): Answer | null {
  const taken = first;
  first = null;
  return taken;
}

export function keepFirstHome(home: Home | null): void {
  first = home;
}

/** What the gateway put into index.html: the same JSON as its answer, or a problem. */
function readFromPage(): Answer | null {
  const place = globalThis.document?.querySelector<HTMLMetaElement>('meta[name="vestibule-home"]');
  return place ? (JSON.parse(place.content) as Answer) : null;
}
