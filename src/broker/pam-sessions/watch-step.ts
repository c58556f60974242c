/**
 * Each step of a session has a time. One that takes longer leaves the session `stuck`: shown, in nobody's way, and still
 * followed to what becomes of it.
 */
import { log } from '../../lib/log.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';
import { changeSession } from '../changes/change-session.ts';
import { forgetStep } from '../changes/forget-step.ts';
import type { Broker, Step } from '../state/context.ts';
import { explainStuck } from '../views/explain-stuck.ts';

/** The state that a session is in during the step. */
const DURING: Readonly<Record<Step, SessionState>> = {
  pam: 'starting',
  program: 'starting',
  end: 'ending',
};

/** Instead of the step that was watched before; a step that shows a sign of life is watched anew. */
export function watchStep(broker: Broker, id: SessionId, step: Step): void {
  forgetStep(broker, id);
  const timer = setTimeout(() => declareStuck(broker, id, step), broker.stepMs[step]);
  broker.steps.set(id, timer.unref());
}

function declareStuck(broker: Broker, id: SessionId, step: Step): void {
  broker.steps.delete(id);
  try {
    const row = broker.sessions.find(id);
    if (row?.state !== DURING[step]) return;
    const words = explainStuck(broker, row);
    const detail = `step '${step}' not over after ${broker.stepMs[step] / 1000} s: ${words}`;
    changeSession(broker, id, 'stuck', {}, detail);
  } catch (error) {
    log.error('stuck-not-written', { session: id, error });
  }
}
