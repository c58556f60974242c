/** Says to screen readers what changes in the list, and when the connection is back. */
import { VisuallyHidden } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { findChanges } from './session-order.ts';

export interface AnnouncerProps {
  readonly sessions: readonly SessionView[];
  readonly lost: boolean;
}

export function Announcer({ sessions, lost }: AnnouncerProps): ReactElement {
  const [said, say] = useState('');
  const before = useRef(sessions);
  const wasLost = useRef(lost);
  useEffect(() => {
    const changes = findChanges(before.current, sessions);
    before.current = sessions;
    if (changes.length === 0) return;
    say(changes.map(({ name, state }) => texts.session.announce(name, state)).join('. '));
  }, [sessions]);
  useEffect(() => {
    if (wasLost.current && !lost) say(texts.connection.back);
    wasLost.current = lost;
  }, [lost]);
  return <VisuallyHidden role="status">{said}</VisuallyHidden>;
}
