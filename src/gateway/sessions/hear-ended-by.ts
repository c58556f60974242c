/** Who has a session ended: the broker says so before its program hears of it. */
import type { BrokerEvent } from '../../protocol/gateway-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { EndedBy } from '../../protocol/page-gateway.ts';
import type { BrokerClient } from '../broker-client.ts';
import type { DialledSession } from './dial-session.ts';

type SessionsEvent = Extract<BrokerEvent, { event: 'sessions' }>;

export interface EndedByEar {
  /** null: nobody, as far as is known. */
  readonly heard: () => EndedBy | null;
  readonly release: () => void;
}

export function hearEndedBy(
  broker: BrokerClient,
  { user }: DialledSession,
  session: SessionId,
): EndedByEar {
  let endedBy: EndedBy | null = null;
  const changed = (event: SessionsEvent): void => {
    if (event.user !== user) return;
    endedBy = event.sessions.find(({ id }) => id === session)?.endedBy ?? endedBy;
  };
  broker.on('sessions', changed);
  return { heard: () => endedBy, release: () => broker.off('sessions', changed) };
}
