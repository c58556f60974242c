/** Texts and questions of PAM while it opens a session: shown to the user who waits, and kept for the home page. */
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import { asks, type PromptItem } from '../../protocol/page-gateway.ts';
import { notePamSession } from '../changes/change-pam-session.ts';
import { putQuestion, tellStarts } from '../pam-sessions/put-question.ts';
import { watchPamSession } from '../pam-sessions/watch-step.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpening } from '../rows/pam-session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';

/** Limits a module that never stops. */
const MAX_TEXTS = 50;

export function hearPrompt(
  broker: Broker,
  row: PamSessionRow,
  link: Link,
  message: MessageOf<typeof fromLeader, 'prompt'>,
): void {
  if (isOpening(row.state)) watchPamSession(broker, row.id, 'pam');
  const items = hear(broker, link, message);
  if (!row.isHome) return;
  const said = items.filter((item) => !asks(item)).map(({ text }) => text.trim());
  const texts = [...row.texts, ...said.filter((text) => text !== '')].slice(0, MAX_TEXTS);
  notePamSession(broker, row.id, { texts });
}

function hear(
  broker: Broker,
  link: Link,
  message: MessageOf<typeof fromLeader, 'prompt'>,
): readonly PromptItem[] {
  const { talk } = link;
  if (talk === null)
    throw new Error(`PAM session ${link.pamSession} was open, and its leader asks`);
  const { begun } = talk;
  const items = talk.take(message);
  if (talk.question !== null) putQuestion(broker, link);
  else if (!begun) tellStarts(broker, link);
  return items;
}
