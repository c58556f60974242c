/** The sign-in: user name and password, then the questions of PAM's modules. */
import { Alert, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';
import type { PromptItem } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { ConnectionLost, PamMessages, ProblemAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { readBanner, readTitle } from '../welcome.ts';
import { CredentialsForm } from './credentials-form.tsx';
import { PromptsForm } from './prompts-form.tsx';
import type { SignInState } from './sign-in-machine.ts';
import { SignInRunner } from './sign-in-runner.ts';
import { WaitNote } from './wait-note.tsx';

export interface SignInPageProps {
  /** The person has just been signed out. */
  readonly signedOut: boolean;
  /** How many of their sessions keep running. */
  readonly running: number;
  readonly onSignedIn: (messages: readonly PromptItem[]) => void;
}

export function SignInPage({ signedOut, running, onSignedIn }: SignInPageProps): ReactElement {
  const [runner] = useState(() => new SignInRunner(api));
  const state = useSyncExternalStore(runner.subscribe, () => runner.state);
  const banner = readBanner();
  const done = state.kind === 'signed-in';
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is done
  useEffect(() => {
    if (done) onSignedIn(state.messages);
  }, [done]);
  useEffect(() => {
    document.title = `${texts.signIn.title(readTitle(location.hostname))} · ${texts.product}`;
  }, []);

  return (
    <main>
      <Paper className="sign-in" withBorder>
        <Stack>
          <div>
            <Title order={1} size="h2">
              {texts.signIn.title(readTitle(location.hostname))}
            </Title>
            <Text c="dimmed" size="sm">
              {state.asked ? texts.signIn.signingInAs(state.user) : texts.signIn.explanation}
            </Text>
          </div>
          {banner !== '' && (
            <section
              className="banner"
              aria-label={texts.signIn.banner}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: a long one scrolls, by the keyboard too
              tabIndex={0}
            >
              <Text size="sm" className="pam-text">
                {banner}
              </Text>
            </section>
          )}
          {signedOut && state.kind === 'credentials' && state.problem === null && (
            <Alert variant="outline" role="status">
              {texts.signIn.signedOut} {running > 0 && texts.signIn.keepRunning(running)}
            </Alert>
          )}
          <PamMessages messages={state.messages} />
          {state.kind === 'credentials' && state.problem !== null && (
            <ProblemAlert problem={state.problem} />
          )}
          {state.kind === 'working' && state.lost > 0 && <ConnectionLost tryNow={runner.retry} />}
          {state.wait?.seconds != null && <WaitNote seconds={state.wait.seconds} />}
          <SignInForm state={state} runner={runner} />
        </Stack>
      </Paper>
    </main>
  );
}

function SignInForm({ state, runner }: { state: SignInState; runner: SignInRunner }): ReactElement {
  if (state.kind === 'prompts') return <PromptsForm state={state} runner={runner} />;
  const busy = state.kind !== 'credentials';
  const slow = state.kind === 'working' && (state.lost > 0 || state.wait !== null);
  const cancel = busy && (state.asked || slow) && (
    <Button variant="default" onClick={runner.cancel}>
      {texts.signIn.cancel}
    </Button>
  );
  if (!state.asked) {
    return (
      <>
        <CredentialsForm state={state} runner={runner} busy={busy} />
        {cancel}
      </>
    );
  }
  return (
    <>
      <Group role="status" gap="xs">
        <Loader size="xs" aria-hidden="true" />
        {texts.signIn.working}
      </Group>
      {cancel}
    </>
  );
}
