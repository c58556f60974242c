import { endTalk } from '../pam-sessions/put-question.ts';
import type { Broker, Link } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';

/** Ends the connection to a leader and drops everything that depends on it. */
export function forgetLink(broker: Broker, link: Link): void {
  const { pamSession, leader } = link;
  endTalk(broker, link);
  if (broker.links.get(pamSession) === link) {
    broker.links.delete(pamSession);
    forgetStep(broker, pamSession);
    const pam = broker.pamSessions.find(pamSession);
    for (const { id } of pam ? broker.sessions.listIn(pam) : []) {
      forgetStep(broker, id);
      broker.keys.delete(id);
    }
  }
  leader.destroy();
}
