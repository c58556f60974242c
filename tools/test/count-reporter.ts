/** A node:test reporter that writes the number of tests (without suites) that passed, failed and were skipped, as JSON. */
import { resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

export default async function* countTests(
  source: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  let [passed, failed, skipped] = [0, 0, 0];
  for await (const event of source) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    if (event.data.details.type === 'suite' || isEmptyFile(event)) continue;
    if (event.data.skip !== undefined || event.data.todo !== undefined) skipped += 1;
    else if (event.type === 'test:pass') passed += 1;
    else failed += 1;
  }
  yield JSON.stringify({ passed, failed, skipped });
}

/** Node reports a file without tests as one passed test. */
function isEmptyFile({ type, data }: Extract<TestEvent, { type: 'test:pass' | 'test:fail' }>) {
  return type === 'test:pass' && data.file !== undefined && resolve(data.name) === data.file;
}
