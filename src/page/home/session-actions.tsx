/** The actions of a session: open it here or in a new tab, copy its link, end it. */
import { ActionIcon, Button, Group, Text } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { SessionId } from '../../protocol/ids.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { connectAhead } from '../go-ahead.ts';
import { texts } from '../texts.ts';
import { Confirm } from './confirm.tsx';
import { CopyLink } from './copy-link.tsx';
import { Icon } from './icons.tsx';
import { canEnd, canOpen } from './session-order.ts';

export const openLinkId = (id: SessionId): string => `open-${id}`;
export const pathOf = (id: SessionId): string => `s/${id}/`;

export interface ActionsProps {
  readonly session: SessionView;
  readonly end: () => void;
}

export function SessionActions({ session, end }: ActionsProps): ReactElement {
  const [asking, setAsking] = useState(false);
  const { name } = session;
  return (
    <Group gap="xs" align="flex-start" className="actions">
      {canOpen(session) && <OpenLinks session={session} />}
      {canEnd(session) && (
        <Button
          variant="default"
          size="xs"
          aria-label={texts.session.endLabel(name)}
          onClick={() => setAsking(true)}
        >
          {texts.session.end}
        </Button>
      )}
      {asking && (
        <Confirm
          harmful
          title={texts.session.confirmTitle(name)}
          confirm={texts.session.confirm}
          cancel={texts.session.keep}
          onConfirm={end}
          onClose={() => setAsking(false)}
        >
          <Text>{texts.session.confirmText}</Text>
        </Confirm>
      )}
    </Group>
  );
}

function OpenLinks({ session: { id, name } }: { session: SessionView }): ReactElement {
  return (
    <>
      <Button
        component="a"
        id={openLinkId(id)}
        href={pathOf(id)}
        size="xs"
        aria-label={texts.session.openLabel(name)}
        onPointerEnter={connectAhead}
        onFocus={connectAhead}
      >
        {texts.session.open}
      </Button>
      <ActionIcon
        component="a"
        href={pathOf(id)}
        target="_blank"
        rel="noopener"
        variant="default"
        size={30}
        title={texts.session.newTab}
        aria-label={texts.session.newTabLabel(name)}
      >
        <Icon name="outside" />
      </ActionIcon>
      <CopyLink name={name} path={pathOf(id)} />
    </>
  );
}
