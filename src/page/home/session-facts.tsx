/** The small print of a session: when, where, what it uses, how it ended. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { SessionUsage } from './session-usage.tsx';
import { Time } from './time.tsx';

export function SessionFacts({ session }: { session: SessionView }): ReactElement {
  const { kind, state, started, ended, tty, exitStatus, activity } = session;
  return (
    <>
      <Text size="sm" c="dimmed" className="facts">
        {texts.session.started} <Time at={started} />
        {ended !== null && (
          <>
            , {texts.session.ended} <Time at={ended} />
          </>
        )}
        {exitStatus !== null && <>, {texts.session.exitStatus(exitStatus)}</>}
        {activity !== null && ended === null && (
          <>
            {' · '}
            {texts.session.active} <Time at={activity} age />
          </>
        )}
        {tty !== null && ended === null && <> · {tty.replace(/^\/dev\//, '')}</>}
      </Text>
      {state === 'running' && <SessionUsage usage={session.usage} />}
      {kind === 'run' && (
        <Text size="sm" c="dimmed">
          {texts.session.commandLine}
        </Text>
      )}
      {state === 'stuck' && <Text size="sm">{texts.session.stuck}</Text>}
      {state === 'unclean' && session.problem === null && (
        <Text size="sm">{texts.session.unclean}</Text>
      )}
    </>
  );
}
