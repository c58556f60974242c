/** The home page: who and where, the sessions as they are now, and what can be done with them. */
import { Anchor, Button, Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useEffect, useRef } from 'react';
import type { Home, PromptItem } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { HOME_KEY } from '../home-key.ts';
import { ConnectionLost, FailureAlert, PamMessages } from '../notices.tsx';
import { texts } from '../texts.ts';
import { readTitle } from '../welcome.ts';
import { Announcer } from './announcer.tsx';
import { sortSessions } from './session-order.ts';
import { SessionRow } from './session-row.tsx';
import { SignIns } from './sign-ins.tsx';
import { useLiveSessions } from './use-live-sessions.ts';
import { useStartTerminal } from './use-start-terminal.ts';

export interface HomePageProps {
  readonly home: Home;
  /** PAM's last words of the sign-in. */
  readonly messages: readonly PromptItem[];
  readonly dismissMessages: () => void;
}

export function HomePage({ home, messages, dismissMessages }: HomePageProps): ReactElement {
  const live = useLiveSessions();
  const starting = useStartTerminal(home.sessions);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts.home.documentTitle(readTitle(home.host));
  }, [home.host]);
  // What a person used before (the sign-in's form) is gone: screen readers start here.
  useEffect(() => heading.current?.focus(), []);

  return (
    <Container size="sm" py="md">
      <Stack gap="lg">
        <Header home={home} />
        <main>
          <Stack>
            <Group justify="space-between">
              <Title order={1} size="h2" ref={heading} tabIndex={-1}>
                {texts.home.title}
              </Title>
              <Button ref={starting.button} onClick={starting.start} aria-busy={starting.busy}>
                {texts.home.start}
              </Button>
            </Group>
            {messages.length > 0 && <Messages messages={messages} dismiss={dismissMessages} />}
            {live.lost && <ConnectionLost tryNow={live.tryNow} />}
            {starting.error && <FailureAlert error={starting.error} />}
            <SessionList home={home} />
            <SignIns />
          </Stack>
        </main>
        <Announcer sessions={home.sessions} lost={live.lost} />
      </Stack>
    </Container>
  );
}

function Header({ home }: { home: Home }): ReactElement {
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => client.resetQueries({ queryKey: HOME_KEY }),
  });
  return (
    <header>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{home.host}</Text>
        <Group gap="xs">
          <Text size="sm">
            {texts.home.signedInAs} <strong>{home.user}</strong>
          </Text>
          <Button variant="default" size="compact-sm" onClick={() => signOut.mutate()}>
            {texts.home.signOut}
          </Button>
        </Group>
      </Group>
      {signOut.error && <FailureAlert error={signOut.error} />}
    </header>
  );
}

function Messages(props: { messages: readonly PromptItem[]; dismiss: () => void }): ReactElement {
  return (
    <section aria-label={texts.home.messages}>
      <PamMessages messages={props.messages} />
      <Anchor component="button" type="button" size="sm" mt="xs" onClick={props.dismiss}>
        {texts.home.dismiss}
      </Anchor>
    </section>
  );
}

function SessionList({ home }: { home: Home }): ReactElement {
  if (home.sessions.length === 0) {
    return (
      <Paper withBorder p="xl" ta="center">
        <Text fw={600}>{texts.home.emptyTitle}</Text>
        <Text c="dimmed">{texts.home.emptyText}</Text>
      </Paper>
    );
  }
  return (
    <ul className="sessions">
      {sortSessions(home.sessions).map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </ul>
  );
}
