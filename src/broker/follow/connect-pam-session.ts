/** Links a PAM session with the connection to its leader. */
import type { LeaderConnection } from '../../launcher/leader-connection.ts';
import { log } from '../../lib/log.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { takeMessage } from './follow-leader.ts';
import { forgetLink } from './forget-link.ts';

/** lost: called when the connection ends before the PAM session. opening: given if PAM has still to open it. */
export function connectPamSession(
  broker: Broker,
  { id }: PamSessionRow,
  leader: LeaderConnection,
  lost: () => void,
  opening: Pick<Link, 'grant' | 'talk'> = { grant: null, talk: null },
): Link {
  const link: Link = { pamSession: id, leader, ...opening };
  broker.links.set(id, link);
  // A close that began without a connection has its step, but this leader was not told. adoption/ tells it if there is
  // no step.
  forgetStep(broker, id);
  leader.listen({
    message: (message) => takeMessage(broker, link, message),
    close: (error) => {
      log.warning('leader-lost', { pamSession: id, error: error ?? 'it ended the connection' });
      forgetLink(broker, link);
      lost();
    },
  });
  return link;
}
