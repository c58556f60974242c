/** Who did what and when: one row for each event, which is also logged. */
import { log } from '../../lib/log.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';
import type { Store } from './store.ts';

export interface AuditEntry {
  readonly event: string;
  readonly user?: string;
  readonly uid?: number;
  readonly address?: string;
  /** The session or PAM session of the event. */
  readonly session?: SessionId | PamSessionId;
  /** Problem code, and the reference that the user was shown. */
  readonly problem?: string | undefined;
  readonly reference?: string | undefined;
  readonly detail?: string | undefined;
}
export type Audit = (entry: AuditEntry) => void;

export function openAudit(store: Store, now: () => number): Audit {
  return (entry) => {
    const { event, user, uid, address, session, problem, reference, detail } = entry;
    const values = [user, uid, address, session, problem, reference, detail];
    store.addAudit([now(), event, ...values.map((value) => value ?? null)]);
    const { event: _, ...fields } = entry;
    if (problem === undefined) log.info(event, fields);
    else log.warning(event, fields);
  };
}
