/** Asks for the home page's content, which the live connection keeps up to date. */
import type { QueryClient } from '@tanstack/react-query';
import type { Home } from '../../protocol/page-gateway.ts';
import { HOME_KEY } from '../home-key.ts';

/** News from the live connection that came while the request was under way is newer than its answer. */
export async function askHome(client: QueryClient, ask: () => Promise<Home>): Promise<Home> {
  const state = () => client.getQueryState<Home>(HOME_KEY);
  const before = state()?.dataUpdateCount;
  const home = await ask();
  const { data, dataUpdateCount } = state() ?? {};
  if (data === undefined || dataUpdateCount === before) return home;
  const { sessions, pamSessions, homeSession, troubles } = data;
  return { ...home, sessions, pamSessions, homeSession, troubles };
}
