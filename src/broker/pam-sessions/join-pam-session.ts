/** Starts the program of a session in an open PAM session: its own, or the user's home session. */
import { kindNamed } from '../../kinds/kinds.ts';
import { SCROLLBACK_BYTES } from '../../protocol/gateway-session.ts';
import { changeSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { makeKey } from './session-keys.ts';
import { watchSession } from './watch-step.ts';

/** The size of a terminal until the first viewer sets another. */
const ROWS = 24;
const COLUMNS = 80;

/** grant: of the user; a leader requires it for each program that it starts for the broker. */
export function joinPamSession(
  broker: Broker,
  row: SessionRow,
  link: Link,
  grant: Uint8Array,
): void {
  const { id: session } = row;
  if (row.pamSession === null) {
    const { pamSession } = link;
    changeSession(broker, session, 'starting', { pamSession }, `in PAM session ${pamSession}`);
  }
  watchSession(broker, session, 'program');
  link.leader.send({
    name: 'spawn',
    session,
    grant,
    pty: kindNamed(broker.kinds, row.kind).pty ? 1 : 0,
    rows: ROWS,
    columns: COLUMNS,
    key: makeKey(broker, session),
    lossless: 0,
    scrollback: SCROLLBACK_BYTES,
  });
}
