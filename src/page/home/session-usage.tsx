/** What a session's programs use at the moment. */
import { Text } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { USAGE_EVERY_MS, type Usage } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { CpuShare } from './cpu-share.ts';
import { formatDuration, formatMemory } from './format-usage.ts';

/** By then the broker has looked at it. */
const PATIENCE_MS = 3 * USAGE_EVERY_MS;

export function SessionUsage({ usage }: { usage: Usage | null }): ReactElement | null {
  const percent = useCpuPercent(usage?.cpu ?? 0);
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
          texts.session.cpuNow(percent),
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

/** Of one processor. Without news it has become idle: only changes are told. */
function useCpuPercent(cpu: number): number {
  const [share] = useState(() => new CpuShare(cpu, performance.now()));
  const [percent, setPercent] = useState(0);
  useEffect(() => {
    setPercent(share.take(cpu, performance.now()));
    const timer = setTimeout(() => setPercent(0), 2 * USAGE_EVERY_MS);
    return () => clearTimeout(timer);
  }, [share, cpu]);
  return percent;
}
