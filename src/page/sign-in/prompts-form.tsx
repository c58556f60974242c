/**
 * The questions of PAM's modules, in their own words: after the first screen of a sign-in, or while a session opens.
 */
import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { PromptItem } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { guessAutocomplete } from './guess-autocomplete.ts';
import type { SignInState } from './sign-in-machine.ts';
import type { SignInRunner } from './sign-in-runner.ts';
import { isTooLong, takeSecret } from './take-secret.ts';

export interface PromptsFormProps {
  readonly state: SignInState & { kind: 'prompts' };
  readonly runner: SignInRunner;
}

export function PromptsForm({ state, runner }: PromptsFormProps): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const [tooLong, setTooLong] = useState<number | null>(null);
  const open = state.asks.filter(({ number }) => number !== state.heldFor);
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew with each round of prompts
  useEffect(() => {
    form.current?.reset();
    // The focus stays where the person types.
    if (document.activeElement instanceof HTMLInputElement) return;
    form.current?.querySelector<HTMLElement>('input:not([hidden])')?.focus();
  }, [state.asks]);

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const fields = open.map(({ number }) => [number, fieldOf(form.current!, number)] as const);
    const long = fields.find(([, field]) => isTooLong(field))?.[0] ?? null;
    setTooLong(long);
    if (long !== null) return;
    runner.answer(new Map(fields.map(([number, field]) => [number, takeSecret(field)])));
  };
  return (
    <form ref={form} onSubmit={submit} autoComplete="off">
      {/* Tells password managers whose password is changed. */}
      <input hidden readOnly name="username" autoComplete="username" value={state.user} />
      <Stack>
        {open.map((item) => (
          <PromptField key={item.number} item={item} tooLong={tooLong === item.number} />
        ))}
        <Group justify="space-between">
          <Button variant="default" onClick={runner.cancel}>
            {texts.signIn.cancel}
          </Button>
          <Button type="submit">{texts.signIn.continue}</Button>
        </Group>
      </Stack>
    </form>
  );
}

const fieldName = (number: number): string => `prompt-${number}`;
const fieldOf = (form: HTMLFormElement, number: number): HTMLInputElement =>
  form.elements.namedItem(fieldName(number)) as HTMLInputElement;

function PromptField({ item, tooLong }: { item: PromptItem; tooLong: boolean }): ReactElement {
  const { number, style, text } = item;
  const common = {
    name: fieldName(number),
    label: text.replace(/[\s:]+$/, '') || texts.signIn.answerMissingText,
    labelProps: { className: 'pam-text' },
    autoComplete: guessAutocomplete(text),
    autoCapitalize: 'none',
    spellCheck: false,
    error: tooLong && texts.signIn.tooLong,
  };
  if (style === 'shown') return <TextInput {...common} />;
  return (
    <PasswordInput
      {...common}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': texts.signIn.showPassword }}
    />
  );
}
