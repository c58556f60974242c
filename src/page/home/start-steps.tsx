/** The steps of a session's start, with the time that it has taken. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { useNow } from './clock.tsx';

const STEPS = ['pending', 'pam', 'program', 'ready'] as const;
/** Shorter waits are not shown. */
const LONG_MS = 3_000;

export function StartSteps({ session }: { session: SessionView }): ReactElement {
  const now = useNow(1000);
  const at = STEPS.indexOf(session.step ?? 'pending');
  const waited = now - session.started;
  return (
    <ol className="steps" aria-label={texts.session.steps}>
      {STEPS.map((step, index) => (
        <li
          key={step}
          data-step={index < at ? 'done' : index === at ? 'now' : 'later'}
          aria-current={index === at ? 'step' : undefined}
        >
          <Text component="span" size="sm">
            {texts.session.step[step]}
            {index === at && waited >= LONG_MS && (
              <> {texts.session.waiting(Math.floor(waited / 1000))}</>
            )}
          </Text>
        </li>
      ))}
    </ol>
  );
}
