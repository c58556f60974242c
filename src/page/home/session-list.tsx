/** The list of sessions: the live ones, and below them those that have ended. */
import { Paper, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { Icon } from './icons.tsx';
import { isAlive, isNews, sortSessions } from './session-order.ts';
import { SessionRow } from './session-row.tsx';

interface ListProps {
  readonly sessions: readonly SessionView[];
  /** Starts another one in the place of one that failed. */
  readonly start: () => void;
}

export function SessionList({ sessions, start }: ListProps): ReactElement {
  const sorted = sortSessions(sessions);
  const current = sorted.filter(isNews);
  const ended = sorted.filter((session) => !isNews(session));
  return (
    <>
      {!sorted.some(isAlive) && <Empty />}
      {current.length > 0 && <Rows sessions={current} start={start} />}
      {ended.length > 0 && (
        <section aria-labelledby="ended">
          <Title order={2} size="h5" id="ended" c="dimmed" mt="sm" mb="xs">
            {texts.home.ended}
          </Title>
          <Rows sessions={ended} start={start} />
        </section>
      )}
    </>
  );
}

function Rows({ sessions, start }: ListProps): ReactElement {
  return (
    <ul className="sessions">
      {sessions.map((session) => (
        <SessionRow key={session.id} session={session} start={start} />
      ))}
    </ul>
  );
}

function Empty(): ReactElement {
  return (
    <Paper withBorder p="xl" ta="center" className="empty">
      <Icon name="terminal" size={40} />
      <Text fw={600} mt="xs">
        {texts.home.emptyTitle}
      </Text>
      <Text c="dimmed" size="sm">
        {texts.home.emptyText}
      </Text>
    </Paper>
  );
}
