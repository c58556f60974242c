/** Has a leader run a session's program. */
import { SCROLLBACK_BYTES } from '../../protocol/gateway-session.ts';
import type { Broker, Link } from '../state/context.ts';
import { makeKey } from './session-keys.ts';
import { watchStep } from './watch-step.ts';

/** A terminal's size until its first viewer says another. */
const ROWS = 24;
const COLUMNS = 80;
/** Where the PAM session was opened for this one program, open's grant was enough. */
const NO_GRANT = new Uint8Array();

/** The user's login shell: a leader runs nothing else for us. */
export function spawnProgram(broker: Broker, link: Link, grant: Uint8Array = NO_GRANT): void {
  watchStep(broker, link.session, 'program');
  link.key = makeKey();
  link.leader.send({
    name: 'spawn',
    session: link.session,
    grant,
    pty: 1,
    rows: ROWS,
    columns: COLUMNS,
    key: link.key,
    lossless: 0,
    scrollback: SCROLLBACK_BYTES,
  });
}
