/** Where the person is signed in, so that they can find and end a sign-in that is not theirs. */
import { Badge, Button, Group, Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { type ReactElement, useRef, useState } from 'react';
import type { SignInView } from '../../protocol/page-gateway.ts';
import { FailureAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { describeBrowser } from './describe-browser.ts';
import { Time } from './time.tsx';
import { useSignIns } from './use-sign-ins.ts';

export function SignIns(): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, say] = useState('');
  const { signIns, error, readAgain, ending, end } = useSignIns((ids) => {
    say(texts.signIns.ended(ids.length));
    // The button that had the focus is gone.
    heading.current?.focus();
  });
  const others = (signIns ?? []).filter(({ current }) => !current).map(({ id }) => id);
  return (
    <Stack component="section" aria-labelledby="sign-ins" gap="sm" mt="lg">
      <Group justify="space-between">
        <Title order={2} size="h4" id="sign-ins" ref={heading} tabIndex={-1}>
          {texts.signIns.title}
        </Title>
        {others.length > 0 && (
          <Button
            variant="default"
            size="xs"
            aria-busy={ending.length > 0}
            onClick={() => ending.length === 0 && end(others)}
          >
            {texts.signIns.endOthers}
          </Button>
        )}
      </Group>
      {error !== null && <FailureAlert error={error} {...(readAgain && { again: readAgain })} />}
      <ul className="sessions">
        {signIns?.map((signIn) => (
          <SignInRow
            key={signIn.id}
            signIn={signIn}
            busy={ending.includes(signIn.id)}
            end={() => ending.length === 0 && end([signIn.id])}
          />
        ))}
      </ul>
      {others.length > 0 && (
        <Text size="sm" c="dimmed">
          {texts.signIns.explanation}
        </Text>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </Stack>
  );
}

interface RowProps {
  readonly signIn: SignInView;
  readonly busy: boolean;
  readonly end: () => void;
}

function SignInRow({ signIn, busy, end }: RowProps): ReactElement {
  const { address, userAgent, started, used, current } = signIn;
  const browser = describeBrowser(userAgent);
  return (
    <Paper component="li" withBorder p="sm">
      <div className="session">
        <div>
          <Group gap="xs">
            <Text fw={600} title={userAgent} className="long-name">
              {browser}
            </Text>
            {current && (
              <Badge variant="dot" color="green" tt="none" fw={500}>
                {texts.signIns.current}
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed" className="long-name facts">
            {address} · {texts.signIns.started} <Time at={started} />, {texts.signIns.used}{' '}
            <Time at={used} />
          </Text>
        </div>
        {!current && (
          <Button
            variant="default"
            size="xs"
            aria-busy={busy}
            aria-label={texts.signIns.endLabel(browser, address)}
            onClick={end}
          >
            {texts.signIns.end}
          </Button>
        )}
      </div>
    </Paper>
  );
}
