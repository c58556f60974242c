/** The small print of a session: when, where, how it ended. */
import { Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { Time } from './time.tsx';

export function SessionFacts({ session }: { session: SessionView }): ReactElement {
  const { kind, state, started, ended, tty, exitStatus } = session;
  return (
    <>
      <Text size="sm" c="dimmed">
        {texts.session.started} <Time at={started} />
        {ended !== null && (
          <>
            , {texts.session.ended} <Time at={ended} />
          </>
        )}
        {exitStatus !== null && <>, {texts.session.exitStatus(exitStatus)}</>}
        {tty !== null && ended === null && <> · {tty.replace(/^\/dev\//, '')}</>}
      </Text>
      {kind === 'run' && (
        <Text size="sm" c="dimmed">
          {texts.session.commandLine}
        </Text>
      )}
      {state === 'unclean' && <Text size="sm">{texts.session.unclean}</Text>}
      {state === 'stuck' && <Text size="sm">{texts.session.stuck}</Text>}
    </>
  );
}
