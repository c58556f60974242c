/** Asks the server who is signed in, and shows the sign-in or the home page. */
import { Center, Loader, Stack, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { PromptItem } from '../protocol/page-gateway.ts';
import { api, ProblemError } from './api.ts';
import { askHome } from './home/ask-home.ts';
import { HomePage } from './home/home-page.tsx';
import { keepsRunning } from './home/session-order.ts';
import { HOME_KEY } from './home-key.ts';
import { ConnectionLost, ProblemAlert } from './notices.tsx';
import { SignInPage } from './sign-in/sign-in-page.tsx';
import { texts } from './texts.ts';
import { readWanted } from './wanted-session.ts';
import { readTitle } from './welcome.ts';

export function App(): ReactElement {
  const client = useQueryClient();
  const home = useQuery({ queryKey: HOME_KEY, queryFn: () => askHome(client, api.home) });
  const [messages, setMessages] = useState<readonly PromptItem[]>([]);
  const wanted = readWanted();
  const askAnew = (): void => void client.resetQueries({ queryKey: HOME_KEY });

  if (home.error instanceof ProblemError && home.error.problem.code === 'not-signed-in') {
    return (
      <SignInPage
        signedOut={home.data !== undefined}
        running={home.data?.sessions.filter(keepsRunning).length ?? 0}
        onSignedIn={(said) => {
          setMessages(said);
          if (wanted !== null) location.replace(`s/${wanted}/`);
          else askAnew();
        }}
      />
    );
  }
  if (home.data !== undefined) {
    return (
      <HomePage home={home.data} messages={messages} dismissMessages={() => setMessages([])} />
    );
  }
  if (home.error === null && home.failureCount === 0) {
    return (
      <Center component="main" mih="60vh" px="md">
        <Loader aria-label={texts.connection.loading} role="status" />
      </Center>
    );
  }
  return (
    <Center component="main" mih="60vh" px="md">
      <Stack>
        <Title order={1} size="h2">
          {readTitle(location.hostname)}
        </Title>
        {home.error instanceof ProblemError ? (
          <ProblemAlert problem={home.error.problem} again={askAnew} />
        ) : (
          <ConnectionLost tryNow={askAnew} />
        )}
      </Stack>
    </Center>
  );
}
