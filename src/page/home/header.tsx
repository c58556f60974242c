/** Who is signed in, and the sign-out, which lists the sessions that keep running. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import type { Home } from '../../protocol/page-gateway.ts';
import { api } from '../api.ts';
import { HOME_KEY } from '../home-key.ts';
import { FailureAlert } from '../notices.tsx';
import { texts } from '../texts.ts';
import { Confirm } from './confirm.tsx';
import { keepsRunning } from './session-order.ts';

export function Header({ home }: { home: Home }): ReactElement {
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => client.resetQueries({ queryKey: HOME_KEY }),
  });
  const running = home.sessions.filter(keepsRunning);
  const leave = (): void => {
    if (!signOut.isPending) signOut.mutate();
  };
  return (
    <header>
      <Group justify="space-between" gap="xs">
        <Text fw={600} className="host" title={home.host}>
          {home.host}
        </Text>
        <Group gap="xs" className="person">
          <Text size="sm" className="long-name">
            {texts.home.signedInAs} <strong>{home.user}</strong>
          </Text>
          <Button
            variant="default"
            size="compact-sm"
            aria-busy={signOut.isPending}
            onClick={() => (running.length > 0 ? setAsking(true) : leave())}
          >
            {texts.home.signOut}
          </Button>
        </Group>
      </Group>
      {signOut.error && <FailureAlert error={signOut.error} />}
      {asking && (
        <Confirm
          title={texts.signOut.title}
          confirm={texts.signOut.confirm}
          cancel={texts.signOut.cancel}
          onConfirm={leave}
          onClose={() => setAsking(false)}
        >
          <Text>{texts.signOut.running(running.length)}</Text>
          <ul className="names">
            {running.map(({ id, name }) => (
              <li key={id}>{name}</li>
            ))}
          </ul>
          <Text size="sm" c="dimmed">
            {texts.signOut.again}
          </Text>
        </Confirm>
      )}
    </header>
  );
}
