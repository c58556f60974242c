/** Asks a leader for a PAM session, and answers the questions of the profile. */
import { randomBytes } from 'node:crypto';
import type { FromLeader } from '../../launcher/leader-connection.ts';
import { CLOSE_POLICIES, LEADER_STAGES } from '../../protocol/broker-leader.ts';
import type { ConversationId, SessionId } from '../../protocol/ids.ts';
import { answerPrompt, type Conversation } from './answer-prompt.ts';
import type { Answers } from './ask-for-run.ts';
import type { LeaderLink } from './leader-link.ts';
import type { Limits } from './patience.ts';
import { RunError } from './run-error.ts';

export interface OpenRequest extends Pick<Conversation, 'user' | 'hostKeyFile' | 'tell'> {
  readonly answers: Answers;
  readonly profile: string;
  /** The session that the PAM session is opened for. */
  readonly session: SessionId;
  /** It gets a terminal. */
  readonly pty: boolean;
  readonly limits: Limits;
}

export async function openSession(link: LeaderLink, request: OpenRequest): Promise<void> {
  const conversation = randomBytes(16);
  const { user, profile, session, pty, limits } = request;
  link.send({
    name: 'open',
    pamSession: randomBytes(16).toString('hex'),
    conversation,
    service: profile,
    user,
    grant: new Uint8Array(),
    rhost: '',
    label: 'run',
    attached: 1,
    close: CLOSE_POLICIES.indexOf('last-program'),
    terminal: pty ? session : '',
  });
  const id = conversation.toString('hex') as ConversationId;
  const context: Conversation = {
    ...request,
    conversation: id,
    key: null,
    ask: request.answers.ask,
  };
  const what = `a session of '${user}' by profile '${profile}'`;
  const ms = Math.max(limits.pam, limits.person);
  for (;;) {
    const message = await link.next({ what, ms, watched: true });
    if (message.name === 'opened') return;
    if (message.name === 'failed') throw openFailure(message, request);
    if (message.name === 'key') context.key = message;
    else if (message.name === 'prompt') answerPrompt(link, message, context);
    else throw new RunError(`wanted an open session, got '${message.name}'; restart the server`);
  }
}

type Failed = Extract<FromLeader, { name: 'failed' }>;

function openFailure({ stage, text }: Failed, { user, profile, answers }: OpenRequest): RunError {
  const why = answers.refused() ?? `${text} (stage '${LEADER_STAGES[stage] ?? stage}')`;
  return new RunError(`wanted a session of '${user}' by profile '${profile}', got: ${why}`);
}
