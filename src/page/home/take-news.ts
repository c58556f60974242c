/** Merges a message of the live connection into the cached home. */
import {
  type Home,
  type LiveMessage,
  MOST_ENDED,
  type SessionView,
} from '../../protocol/page-gateway.ts';

type News = Exclude<LiveMessage, { kind: 'signed-out' }>;

export function takeNews(home: Home, news: News): Home {
  switch (news.kind) {
    case 'home-session':
      return { ...home, homeSession: news.homeSession };
    case 'pam-sessions':
      return { ...home, pamSessions: news.pamSessions };
    case 'troubles':
      return { ...home, troubles: news.troubles };
    case 'sessions':
      return { ...home, sessions: news.sessions };
    case 'changed':
      return { ...home, sessions: mergeSessions(home.sessions, news.sessions) };
  }
}

/** Replaces and adds the changed sessions, and drops the oldest ended ones: the server lists MOST_ENDED of them. */
function mergeSessions(
  known: readonly SessionView[],
  changed: readonly SessionView[],
): readonly SessionView[] {
  const all = [...new Map([...known, ...changed].map((one) => [one.id, one])).values()];
  const ends = all.flatMap(({ ended }) => ended ?? []).sort((a, b) => b - a);
  const since = ends[MOST_ENDED - 1] ?? 0;
  return all.filter(({ ended }) => ended === null || ended >= since);
}
