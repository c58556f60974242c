/** The first screen: user name and password together, as password managers expect them. */
import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { MAX_NAME } from '../../protocol/broker-leader.ts';
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
  const [unfit, setUnfit] = useState<string | null>(null);
  const problem = state.kind === 'credentials' ? state.problem : null;

  // After a failed or cancelled sign-in the name is already filled in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew with each problem
  useEffect(() => {
    (user.current?.value ? password : user).current?.focus();
  }, [problem]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy) return;
    const name = user.current!.value.trim();
    const why = unfitName(name);
    const long = isTooLong(password.current!);
    setUnfit(why);
    setTooLong(long);
    if (why !== null) user.current!.focus();
    else if (!long) runner.start(name, takeSecret(password.current!));
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
          error={unfit}
          required
          withAsterisk={false}
          maxLength={MAX_NAME}
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

/** What is wrong with the name, or null. */
function unfitName(name: string): string | null {
  if (name === '') return texts.signIn.userMissing;
  return new TextEncoder().encode(name).length > MAX_NAME ? texts.signIn.userTooLong : null;
}
