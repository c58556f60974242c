/** What a session's programs use at the moment. */
import { Text } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { USAGE_EVERY_MS, type Usage } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { formatDuration, formatMemory } from './format-usage.ts';

/** Until then the broker may not have measured it yet. */
const PATIENCE_MS = 3 * USAGE_EVERY_MS;

export function SessionUsage({ usage }: { usage: Usage | null }): ReactElement | null {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (usage === null && !late) return null;
  const words =
    usage === null
      ? [texts.session.usageUnknown]
      : [
          texts.session.memory(formatMemory(usage.memory)),
          texts.session.processes(usage.processes),
          texts.session.cpuNow(usage.cpuShare),
          texts.session.cpuTime(formatDuration(usage.cpu)),
        ];
  return (
    <Text size="sm" c="dimmed" className="usage">
      {words.map((word) => (
        <span key={word}>{word}</span>
      ))}
    </Text>
  );
}
