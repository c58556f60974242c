/** Shows a change of a session before the server confirms it; the server's next list replaces it in any case. */
import type { QueryClient } from '@tanstack/react-query';
import type { SessionId } from '../../protocol/ids.ts';
import type { Home, SessionView } from '../../protocol/page-gateway.ts';
import { HOME_KEY } from '../home-key.ts';

export function changeHere(client: QueryClient, id: SessionId, change: Partial<SessionView>): void {
  client.setQueryData<Home>(
    HOME_KEY,
    (home) =>
      home && {
        ...home,
        sessions: home.sessions.map((one) => (one.id === id ? { ...one, ...change } : one)),
      },
  );
}
