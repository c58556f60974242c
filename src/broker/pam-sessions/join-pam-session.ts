/** A session begins in a PAM session that is open, its own or its person's home session: its program is run. */
import { kindNamed } from '../../kinds/kinds.ts';
import { SCROLLBACK_BYTES } from '../../protocol/gateway-session.ts';
import { changeSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { makeKey } from './session-keys.ts';
import { watchSession } from './watch-step.ts';

/** A terminal's size until its first viewer says another. */
const ROWS = 24;
const COLUMNS = 80;

/** grant: of its person; the leader demands one for whatever it runs for us. */
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
