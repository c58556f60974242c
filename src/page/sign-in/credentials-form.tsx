/** The first screen: user name and password together, as password managers expect them. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { texts } from '../texts.ts';
import type { SignInState } from './sign-in-machine.ts';
import type { SignInRunner } from './sign-in-runner.ts';
import { isTooLong, takeSecret } from './take-secret.ts';

export interface CredentialsFormProps {
  readonly state: SignInState;
  readonly runner: SignInRunner;
  readonly busy: boolean;
}

export function CredentialsForm({ state, runner, busy }: CredentialsFormProps): ReactElement {
  const user = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [tooLong, setTooLong] = useState(false);
  const problem = state.kind === 'credentials' ? state.problem : null;

  // The name stands there already when a sign-in failed or was cancelled.
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew with each problem
  useEffect(() => {
    (user.current?.value ? password : user).current?.focus();
  }, [problem]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy) return;
    const long = isTooLong(password.current!);
    setTooLong(long);
    if (!long) runner.start(user.current!.value.trim(), takeSecret(password.current!));
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          ref={user}
          label={texts.signIn.user}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          defaultValue={state.user}
          readOnly={busy}
          required
          withAsterisk={false}
          maxLength={255}
        />
        <PasswordInput
          ref={password}
          label={texts.signIn.password}
          name="password"
          autoComplete="current-password"
          readOnly={busy}
          error={tooLong && texts.signIn.tooLong}
          visibilityToggleFocusable
          visibilityToggleButtonProps={{ 'aria-label': texts.signIn.showPassword }}
        />
        <Button type="submit" aria-busy={busy}>
          {busy ? texts.signIn.working : texts.signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
