/** Copies the address of a session, which stays the same for its whole life. */
import { ActionIcon, Text, VisuallyHidden } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { texts } from '../texts.ts';
import { Icon } from './icons.tsx';

const SHOWN_MS = 3_000;

export function CopyLink({ name, path }: { name: string; path: string }): ReactElement {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  const link = new URL(path, location.href).href;
  useEffect(() => {
    if (state !== 'copied') return;
    const timer = setTimeout(() => setState('ready'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    navigator.clipboard.writeText(link).then(
      () => setState('copied'),
      () => setState('failed'),
    );
  };
  return (
    <>
      <ActionIcon
        variant="default"
        size={30}
        title={state === 'copied' ? texts.session.copied : texts.session.copy}
        aria-label={texts.session.copyLabel(name)}
        onClick={copy}
      >
        <Icon name={state === 'copied' ? 'check' : 'link'} />
      </ActionIcon>
      <VisuallyHidden role="status">{state === 'copied' && texts.session.copied}</VisuallyHidden>
      {state === 'failed' && (
        <Text size="sm" role="alert" className="long-name">
          {texts.session.copyFailed(link)}
        </Text>
      )}
    </>
  );
}
