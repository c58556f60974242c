/** PAM sessions that are still open although the program of their session has ended. Nothing if there is none. */
import { Badge, Button, Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { type ReactElement, type RefObject, useRef } from 'react';
import type { OpenPamSession } from '../../protocol/page-gateway.ts';
import { FailureAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { Time } from './time.tsx';
import { useClosePamSession } from './use-close-pam-session.ts';

export interface PamSessionsProps {
  readonly list: readonly OpenPamSession[];
  /** Gets the focus when the last one is closed. */
  readonly above: RefObject<HTMLElement | null>;
}

export function PamSessions({ list, above }: PamSessionsProps): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  const { said, error, close } = useClosePamSession(list, [heading, above]);
  return (
    <>
      {list.length > 0 && (
        <Stack component="section" aria-labelledby="pam-sessions" gap="sm" mt="lg">
          <Title order={2} size="h4" id="pam-sessions" ref={heading} tabIndex={-1}>
            {texts.pamSessions.title}
          </Title>
          {error && <FailureAlert error={error} />}
          <ul className="sessions">
            {list.map((one) => (
              <PamSessionRow key={one.id} pamSession={one} close={() => close(one)} />
            ))}
          </ul>
          <Text size="sm" c="dimmed">
            {texts.pamSessions.explanation}
          </Text>
        </Stack>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </>
  );
}

interface RowProps {
  readonly pamSession: OpenPamSession;
  readonly close: () => void;
}

function PamSessionRow({ pamSession, close }: RowProps): ReactElement {
  const { name, opened, closing, stuck } = pamSession;
  return (
    <Paper component="li" withBorder p="sm">
      <div className="session">
        <div>
          <div className="session-head">
            <Text component="span" fw={600} mr="xs" className="long-name">
              {name}
            </Text>
            {closing && <State color="yellow" text={texts.pamSessions.closing} />}
            {stuck !== null && <State color="red" text={texts.pamSessions.stuck} />}
          </div>
          <Text size="sm" c="dimmed" className="facts">
            {texts.pamSessions.opened} <Time at={opened} />
          </Text>
        </div>
        <Button
          variant="default"
          size="xs"
          aria-busy={closing}
          aria-label={texts.pamSessions.closeLabel(name)}
          onClick={() => closing || close()}
        >
          {texts.pamSessions.close}
        </Button>
      </div>
      {stuck !== null && (
        <Text size="sm" className="long-name">
          {stuck}
        </Text>
      )}
    </Paper>
  );
}

function State({ color, text }: { color: string; text: string }): ReactElement {
  return (
    <Badge variant="dot" color={color} tt="none" fw={500}>
      {text}
    </Badge>
  );
}
