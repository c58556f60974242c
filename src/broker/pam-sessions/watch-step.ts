/**
 * Each step of a session or a PAM session has a timeout. After that its state is `stuck`: it is shown as such, blocks
 * nothing else, and later messages of its leader still change the state.
 */
import { log } from '../../lib/log.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';
import { changePamSession } from '../changes/change-pam-session.ts';
import { changeSession } from '../changes/change-session.ts';
import { PAM_SESSION_ACTS, SESSION_ACTS } from '../rows/leader-events.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { AnyId, Broker } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import type { Step } from '../state/settings.ts';
import { explainStuck, explainStuckPam } from '../views/explain-stuck.ts';

/** Replaces the previous step. Another call for the same step starts its timeout again. */
export function watchSession(broker: Broker, id: SessionId, step: Exclude<Step, 'pam'>): void {
  watchStep(broker, id, step, (detail) => {
    const row = broker.sessions.find(id);
    if (row !== undefined) takeLate(broker, row, detail);
  });
}

/** The sessions in it wait for the same step, so they become stuck too. */
export function watchPamSession(
  broker: Broker,
  id: PamSessionId,
  step: Exclude<Step, 'program'>,
): void {
  watchStep(broker, id, step, (detail) => {
    const row = broker.pamSessions.find(id);
    if (row === undefined || PAM_SESSION_ACTS.late[row.state] !== 'stick') return;
    for (const session of broker.sessions.listIn(row)) takeLate(broker, session, detail);
    stickPamSession(broker, row, `${detail}: ${explainStuckPam(broker, row)}`);
  });
}

export function stickSession(broker: Broker, { id }: SessionRow, detail: string): void {
  changeSession(broker, id, 'stuck', {}, detail);
}

export function stickPamSession(broker: Broker, { id }: PamSessionRow, detail: string): void {
  changePamSession(broker, id, 'stuck', {}, detail);
}

function takeLate(broker: Broker, row: SessionRow, detail: string): void {
  if (SESSION_ACTS.late[row.state] !== 'stick') return;
  stickSession(broker, row, `${detail}: ${explainStuck(broker, row)}`);
}

function watchStep(broker: Broker, id: AnyId, step: Step, late: (detail: string) => void): void {
  forgetStep(broker, id);
  const ms = broker.stepMs[step];
  const timer = setTimeout(() => {
    broker.steps.delete(id);
    try {
      late(`step '${step}' not over after ${ms / 1000} s`);
    } catch (error) {
      log.error('stuck-not-written', { session: id, error });
    }
  }, ms);
  broker.steps.set(id, timer.unref());
}
