/** Asks PAM, in a leader of its own, whether a signed-in user may still be signed in. */
import { existsSync } from 'node:fs';
import type { FromLeader, LeaderConnection } from '../../launcher/leader-connection.ts';
import { LEADER_STAGES } from '../../protocol/broker-leader.ts';
import { asks } from '../../protocol/page-gateway.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { AccountVerdict } from '../state/account-checks.ts';
import type { Broker } from '../state/context.ts';
import { styleNamed } from '../talks/pam-items.ts';
import { isVerdict } from '../talks/pam-verdict.ts';

/** With these files pam_nologin(8) refuses new sign-ins only: a check would say nothing about signed-in users. */
const NOLOGIN = ['/etc/nologin', '/run/nologin'];

/** Never rejects. */
export async function checkAccount(broker: Broker, ticket: Ticket): Promise<AccountVerdict> {
  const { user, grant, address: rhost } = ticket;
  if (NOLOGIN.some((path) => existsSync(path))) return unknown('nologin is set');
  try {
    const leader = await broker.launchers.local.open();
    const verdict = waitForVerdict(leader);
    leader.send({ name: 'check', user, grant, rhost });
    return await verdict;
  } catch (error) {
    return unknown((error as Error).message);
  }
}

function waitForVerdict(leader: LeaderConnection): Promise<AccountVerdict> {
  return new Promise((resolve) => {
    const settle = (verdict: AccountVerdict) => {
      resolve(verdict);
      leader.destroy();
    };
    leader.listen({
      message: (message) => take(leader, message, settle),
      close: (error) => settle(unknown(error?.message ?? 'the leader ended')),
    });
  });
}

function take(
  leader: LeaderConnection,
  message: FromLeader,
  settle: (verdict: AccountVerdict) => void,
): void {
  switch (message.name) {
    case 'checked':
      settle({ kind: 'good', detail: '' });
      return;
    case 'failed': {
      const detail = `${LEADER_STAGES[message.stage]}: ${message.text} (PAM ${message.code})`;
      settle({ kind: isVerdict(message) ? 'refused' : 'unknown', detail });
      return;
    }
    case 'prompt':
      if (message.styles.some((style) => asks({ style: styleNamed(style) })))
        leader.send({ name: 'cancel' });
      return;
    default:
      throw new Error(`'${message.name}' does not belong to a check`);
  }
}

function unknown(detail: string): AccountVerdict {
  return { kind: 'unknown', detail };
}
