/**
 * A node:test reporter that writes as JSON how many tests (without suites) passed and were skipped, and of each that
 * failed its file, its name and its error.
 */
import { relative, resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import type { Counts } from './counts.ts';

type Ended = Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>;

export default async function* countTests(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  let [passed, skipped] = [0, 0];
  const failures: string[] = [];
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    if (event.data.details.type === 'suite' || isEmptyFile(event)) continue;
    if (event.data.skip !== undefined || event.data.todo !== undefined) skipped += 1;
    else if (event.type === 'test:pass') passed += 1;
    else failures.push(describe(event));
  }
  yield JSON.stringify({ passed, failures, skipped } satisfies Counts);
}

/** Node reports a file without tests as one passed test. */
function isEmptyFile({ type, data }: Ended): boolean {
  return type === 'test:pass' && data.file !== undefined && resolve(data.name) === data.file;
}

function describe({ data }: Extract<Ended, { type: 'test:fail' }>): string {
  const file = data.file === undefined ? '' : `${relative('.', data.file)}: `;
  const { error } = data.details;
  const cause = error.cause instanceof Error ? error.cause : error;
  return `${file}${data.name}\n${`${cause.stack ?? cause}`.replace(/^/gm, '    ')}`;
}
