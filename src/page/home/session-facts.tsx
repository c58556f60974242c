/** The details of a session: when, where, what it uses, how it ended. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { SessionUsage } from './session-usage.tsx';
import { Time } from './time.tsx';

export function SessionFacts({ session }: { session: SessionView }): ReactElement {
  const { state, started, ended, tty, lastWords, endedBy, activity } = session;
  const how = texts.session.howEnded(session);
  return (
    <>
      <Text size="sm" c="dimmed" className="facts">
        <span>{session.kindTitle}</span>
        <span>
          {texts.session.started} <Time at={started} />
        </span>
        {ended !== null && (
          <span>
            {texts.session.ended} <Time at={ended} />
          </span>
        )}
        {how !== null && (endedBy === null || ended !== null) && <span>{how}</span>}
        {activity !== null && ended === null && (
          <span>
            {texts.session.active} <Time at={activity} age />
          </span>
        )}
        {tty !== null && ended === null && <span>{tty.replace(/^\/dev\//, '')}</span>}
      </Text>
      {state === 'running' && <SessionUsage usage={session.usage} />}
      {session.startedBy === 'root' && (
        <Text size="sm" c="dimmed">
          {texts.session.commandLine}
        </Text>
      )}
      {lastWords !== '' && (
        <Text size="sm" className="last-words">
          {texts.session.lastWords(lastWords)}
        </Text>
      )}
      {state === 'stuck' && <Text size="sm">{session.stuck ?? texts.session.stuck}</Text>}
      {state === 'unclean' && session.problem === null && (
        <Text size="sm">{texts.session.unclean}</Text>
      )}
    </>
  );
}
