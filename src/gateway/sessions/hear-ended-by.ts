/** Who has a session ended: the broker says so before its program hears of it. */
import type { SessionId } from '../../protocol/ids.ts';
import type { EndedBy } from '../../protocol/page-gateway.ts';
import type { BrokerClient } from '../broker-client.ts';
import type { DialledSession } from './dial-session.ts';

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
  const release = broker.listen(user, (event) => {
    if (event.event !== 'sessions') return;
    endedBy = event.sessions.find(({ id }) => id === session)?.endedBy ?? endedBy;
  });
  return { heard: () => endedBy, release };
}
