/** One session of the list. */
import { Badge, Button, Group, Paper, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionState, SessionView } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { FailureAlert, ProblemAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { ConfirmEnd } from './confirm-end.tsx';
import { SessionFacts } from './session-facts.tsx';
import { canEnd, canOpen } from './session-order.ts';

const colors: Record<SessionState, string> = {
  pending: 'yellow',
  starting: 'yellow',
  running: 'green',
  ending: 'yellow',
  ended: 'gray',
  failed: 'red',
  stuck: 'red',
  unclean: 'red',
};

export const openLinkId = (id: SessionId): string => `open-${id}`;

export function SessionRow({ session }: { session: SessionView }): ReactElement {
  const { name, state, problem } = session;
  const ending = useMutation({ mutationFn: () => api.endSession(session.id) });
  return (
    <Paper component="li" withBorder p="sm">
      <div className="session">
        <div>
          <Group gap="xs">
            <Text component="h2" fw={600} className="session-name">
              {name}
            </Text>
            <Badge variant="dot" color={colors[state]} tt="none" fw={500}>
              {texts.session.states[state]}
            </Badge>
          </Group>
          <SessionFacts session={session} />
        </div>
        <Actions session={session} end={() => ending.mutate()} />
      </div>
      {problem && <ProblemAlert problem={problem} />}
      {ending.error && <FailureAlert error={ending.error} />}
    </Paper>
  );
}

function Actions({ session, end }: { session: SessionView; end: () => void }): ReactElement {
  const [asking, setAsking] = useState(false);
  const { id, name } = session;
  const address = `/s/${id}/`;
  return (
    <Group gap="xs" align="flex-start">
      {canOpen(session) && (
        <>
          <Button
            component="a"
            id={openLinkId(id)}
            href={address}
            variant="default"
            size="xs"
            aria-label={texts.session.openLabel(name)}
          >
            {texts.session.open}
          </Button>
          <Button
            component="a"
            href={address}
            target="_blank"
            rel="noopener"
            variant="default"
            size="xs"
            aria-label={texts.session.newTabLabel(name)}
          >
            {texts.session.newTab}
          </Button>
        </>
      )}
      {canEnd(session) && (
        <Button
          variant="default"
          size="xs"
          aria-label={texts.session.endLabel(name)}
          onClick={() => setAsking(true)}
        >
          {texts.session.end}
        </Button>
      )}
      {asking && <ConfirmEnd name={name} end={end} close={() => setAsking(false)} />}
    </Group>
  );
}
