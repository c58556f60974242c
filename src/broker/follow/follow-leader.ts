/** Turns each message of a leader into an event of its PAM session, or of a session in it. */

import { kindNamed } from '../../kinds/kinds.ts';
import type { FromLeader } from '../../launcher/leader-connection.ts';
import { exitStatus } from '../../lib/exit-status.ts';
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { addFoundSession } from '../pam-sessions/add-found.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { explainFailure } from './explain-failure.ts';
import { noteSurprise } from './note-surprise.ts';
import { readLastWords } from './read-last-words.ts';
import { type PamSessionNews, takePamSessionEvent } from './take-pam-session-event.ts';
import { type SessionNews, takeSessionEvent } from './take-session-event.ts';

type OfSession = Extract<FromLeader, { readonly session: string }>;
type OfPamSession = Exclude<FromLeader, OfSession> | MessageOf<typeof fromLeader, 'failed'>;

export function takeMessage(broker: Broker, link: Link, message: FromLeader): void {
  if ('session' in message && message.session !== '') takeOfSession(broker, link, message);
  else takeOfPamSession(broker, link, message as OfPamSession);
}

function takeOfPamSession(broker: Broker, link: Link, message: OfPamSession): void {
  const row = broker.pamSessions.find(link.pamSession);
  if (row === undefined) return;
  const take = (event: Parameters<typeof takePamSessionEvent>[2], news: PamSessionNews = {}) =>
    takePamSessionEvent(broker, row, event, { link, ...news });
  switch (message.name) {
    case 'key':
      take('key', { key: message });
      return;
    case 'prompt':
      take('prompt', { prompt: message });
      return;
    case 'failed':
      take('failed', { failure: explain(broker, link, message, null), verdict: message });
      return;
    case 'opened':
    case 'closed':
      take(message.name);
      return;
    default:
      noteSurprise({ pamSession: row.id, event: message.name, state: row.state });
  }
}

function takeOfSession(broker: Broker, link: Link, message: OfSession): void {
  const id = message.session as SessionId;
  // The broker learns of a program of root's CLI only now.
  const row =
    broker.sessions.find(id) ??
    (message.name === 'spawned' ? addFoundSession(broker, link, id) : undefined);
  // A program of root's CLI that did not start never had a row; the leader tells the CLI why.
  if (row === undefined && message.name === 'failed' && link.leader.hello.attached) return;
  if (row?.pamSession === link.pamSession)
    takeSessionEvent(broker, row, message.name, newsOf(broker, link, row, message));
  else {
    const { pamSession } = link;
    noteSurprise({ pamSession, session: id, event: message.name, state: row?.state ?? 'unknown' });
  }
  if (message.name === 'ended')
    broker.store.whenWritten(() => link.leader.send({ name: 'noted', session: id }));
}

function newsOf(broker: Broker, link: Link, row: SessionRow, message: OfSession): SessionNews {
  switch (message.name) {
    case 'spawned':
      return { change: { pid: message.pid, tty: message.tty || null } };
    case 'exited': {
      const { status, words } = message;
      return { change: { exitStatus: exitStatus(status), lastWords: readLastWords(words) } };
    }
    case 'failed':
      return { failure: explain(broker, link, message, row) };
    default:
      return {};
  }
}

/** row: null: it was the PAM session that failed. */
function explain(
  broker: Broker,
  link: Link,
  failure: MessageOf<typeof fromLeader, 'failed'>,
  row: SessionRow | null,
) {
  return explainFailure({
    ...failure,
    profile: broker.settings.sessionProfile,
    outcome: link.talk?.outcome ?? null,
    words: link.talk?.errors ?? [],
    silence: row && kindNamed(broker.kinds, row.kind).words.silent,
  });
}
