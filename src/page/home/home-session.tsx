/** The home session: one line when it is open; what became of it and a button when it failed or was closed. */
import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { HomeSessionView } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { FailureAlert, ProblemWords } from '../notices.tsx';
import { texts } from '../texts.ts';
import { Time } from './time.tsx';

export function HomeSession({ view }: { view: HomeSessionView }): ReactElement | null {
  if (view.state === 'off') return null;
  return (
    <section aria-label={texts.homeSession.label}>
      {/* Always there: screen readers announce changes in an element, not a new one. */}
      <div role="status">
        <State view={view} />
      </div>
      {view.state === 'failed' && <OpenButton label={texts.tryAgain} />}
      {view.state === 'closed' && <OpenButton label={texts.homeSession.openAgain} />}
      {view.texts.length > 0 && (
        <Text size="sm" className="pam-text words" mt="xs">
          {view.texts.join('\n')}
        </Text>
      )}
    </section>
  );
}

function State({ view }: { view: HomeSessionView }): ReactElement {
  if (view.state === 'opening') {
    return (
      <Group gap="xs" wrap="nowrap">
        <Loader size="xs" aria-hidden="true" />
        <Text size="sm">{texts.homeSession.opening}</Text>
      </Group>
    );
  }
  if (view.state === 'failed') {
    return (
      <Alert color="red" variant="outline" role="note">
        <Stack gap={4}>
          <Text fw={600}>{texts.homeSession.failed}</Text>
          {view.problem && <ProblemWords problem={view.problem} />}
          <Text size="sm">{texts.homeSession.missing}</Text>
        </Stack>
      </Alert>
    );
  }
  if (view.state === 'closed') {
    return (
      <Alert color="orange" variant="outline" role="note">
        <Text fw={600}>{texts.homeSession.closed}</Text>
        <Text size="sm">{texts.homeSession.missing}</Text>
      </Alert>
    );
  }
  return (
    <Text size="sm" c="dimmed">
      {texts.homeSession.open} {view.since !== null && <Time at={view.since} />}
    </Text>
  );
}

function OpenButton({ label }: { label: string }): ReactElement {
  const opening = useMutation({ mutationFn: api.retryHomeSession });
  return (
    <>
      <Button
        mt="xs"
        size="xs"
        variant="default"
        aria-busy={opening.isPending}
        onClick={() => opening.isPending || opening.mutate()}
      >
        {label}
      </Button>
      {opening.error && <FailureAlert error={opening.error} />}
    </>
  );
}
