/** Notices: problems, a lost connection, PAM's own texts. */
import { Alert, Button, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { PromptItem } from '../protocol/page-gateway.ts';
import { PROBLEMS, type Problem } from '../protocol/problems.ts';
import { ProblemError } from './api.ts';
import { texts } from './texts.ts';

/** again: does anew what has failed; without it, what did that is still there. */
export function ProblemAlert(props: { problem: Problem; again?: () => void }): ReactElement {
  return (
    <Alert color="red" variant="outline">
      <ProblemWords problem={props.problem} />
      {props.again && <TryAgain again={props.again} />}
    </Alert>
  );
}

function TryAgain({ again }: { again: () => void }): ReactElement {
  return (
    <Button mt="xs" size="compact-sm" variant="default" onClick={again}>
      {texts.tryAgain}
    </Button>
  );
}

/** A problem: what happened, what to do, and the reference of its log line. */
export function ProblemWords({ problem }: { problem: Problem }): ReactElement {
  const { text, code, reference } = problem;
  const { advice } = PROBLEMS[code];
  const [sentence, ...said] = text.split('\n');
  return (
    <>
      <Text size="sm" className="pam-text">
        <strong>{sentence}</strong>
        {said.map((line) => `\n${line}`)}
      </Text>
      {advice !== '' && <Text size="sm">{advice}</Text>}
      <Text size="sm" c="dimmed">
        {texts.reference(reference)}
      </Text>
    </>
  );
}

/** The failure of a person's request: the server's problem, or that it did not answer. */
export function FailureAlert(props: { error: Error; again?: () => void }): ReactElement {
  const { error, again } = props;
  if (error instanceof ProblemError)
    return <ProblemAlert problem={error.problem} {...(again && { again })} />;
  return (
    <Alert color="red" variant="outline">
      {texts.connection.noAnswer}
      {again && <TryAgain again={again} />}
    </Alert>
  );
}

export function ConnectionLost({ tryNow }: { tryNow: () => void }): ReactElement {
  return (
    <Alert color="orange" variant="outline" role="status">
      <Stack gap="xs" align="flex-start">
        {texts.connection.lost}
        <Button size="compact-sm" variant="default" onClick={tryNow}>
          {texts.connection.tryNow}
        </Button>
      </Stack>
    </Alert>
  );
}

export function PamMessages({ messages }: { messages: readonly PromptItem[] }): ReactElement {
  return (
    <Stack gap="xs" aria-live="polite" className="pam-messages">
      {messages.map(({ text, style }, index) => (
        <Alert
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows
          key={index}
          role="note"
          variant="outline"
          color={style === 'error' ? 'red' : 'blue'}
          className="pam-text"
        >
          {text}
        </Alert>
      ))}
    </Stack>
  );
}
