/** The home page: the person, the sessions as they are now, and what can be done with them. */
import { Anchor, Button, Container, Group, Loader, Stack, Title } from '@mantine/core';
import { type ReactElement, useEffect, useRef } from 'react';
import type { Home, PromptItem } from '../../protocol/page-gateway.ts';
import { ConnectionLost, FailureAlert, PamMessages } from '../notices.tsx';
import { texts } from '../texts.ts';
import { readTitle } from '../welcome.ts';
import { Announcer } from './announcer.tsx';
import { ServerClock } from './clock.tsx';
import { Header } from './header.tsx';
import { HomeSession } from './home-session.tsx';
import { PamSessions } from './pam-sessions.tsx';
import { SessionList } from './session-list.tsx';
import { SignIns } from './sign-ins.tsx';
import { Troubles } from './troubles.tsx';
import { useLiveSessions } from './use-live-sessions.ts';
import { useStartTerminal } from './use-start-terminal.ts';
import { useWantedSession } from './use-wanted-session.ts';

/** '#new' focuses the button for a new terminal. The link alone starts none: it may be on another site. */
const NEW = '#new';

export interface HomePageProps {
  readonly home: Home;
  /** What PAM's modules said at the end of the sign-in. */
  readonly messages: readonly PromptItem[];
  readonly dismissMessages: () => void;
}

export function HomePage({ home, messages, dismissMessages }: HomePageProps): ReactElement {
  const live = useLiveSessions();
  const heading = useRef<HTMLHeadingElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wanted = useWantedSession(home.sessions, [heading, button]);
  const starting = useStartTerminal(wanted.id !== null, ({ id }) => wanted.want(id));
  useEffect(() => {
    document.title = texts.home.documentTitle(readTitle(home.host));
  }, [home.host]);
  // The sign-in form, which had the focus, is gone: screen readers start here.
  useEffect(() => {
    if (location.hash !== NEW) return heading.current?.focus();
    history.replaceState(null, '', location.pathname + location.search);
    button.current?.focus();
  }, []);

  return (
    <ServerClock now={home.now}>
      <Container size="sm" py="md">
        <Stack gap="lg">
          <Header home={home} />
          <main>
            <Stack>
              <Group justify="space-between">
                <Title order={1} size="h2" ref={heading} tabIndex={-1}>
                  {texts.home.title}
                </Title>
                <Button
                  ref={button}
                  onClick={starting.start}
                  aria-busy={starting.busy}
                  {...(starting.busy && {
                    leftSection: <Loader size={14} color="white" aria-hidden="true" />,
                  })}
                >
                  {texts.home.start}
                </Button>
              </Group>
              {messages.length > 0 && <Messages messages={messages} dismiss={dismissMessages} />}
              {live.lost && <ConnectionLost tryNow={live.tryNow} />}
              <Troubles troubles={home.troubles} />
              <HomeSession view={home.homeSession} />
              {starting.error && <FailureAlert error={starting.error} />}
              <SessionList sessions={home.sessions} start={starting.start} />
              <PamSessions list={home.pamSessions} above={heading} />
              <SignIns />
            </Stack>
          </main>
          <Announcer sessions={home.sessions} lost={live.lost} />
        </Stack>
      </Container>
    </ServerClock>
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
