import assert from 'node:assert/strict';
import test from 'node:test';
import headless from '@xterm/headless';
import { muteAnswers } from './mute-answers.ts';

const { Terminal } = headless;

/** What xterm.js does when it is told to report its focus: in a page, the report follows this. */
interface Core {
  readonly _inputHandler: { onRequestSendFocus(act: () => void): void };
}

async function write(output: string, muted: boolean) {
  const terminal = new Terminal({ allowProposedApi: true });
  let reports = 0;
  const { _core: core } = terminal as unknown as { _core: Core };
  core._inputHandler.onRequestSendFocus(() => {
    reports += 1;
  });
  muteAnswers(terminal as never, () => muted);
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { sendFocusMode, bracketedPasteMode, applicationCursorKeysMode } = terminal.modes;
  return { reports, modes: [sendFocusMode, bracketedPasteMode, applicationCursorKeysMode] };
}

test('told again to report its focus, a page that is muted keeps that in mind and reports nothing', async () => {
  const modes = [true, true, true];
  for (const output of ['\x1b[?1h\x1b[?2004h\x1b[?1004h', '\x1b[?1;1004;2004h']) {
    assert.deepEqual(await write(output, true), { reports: 0, modes });
    assert.deepEqual(await write(output, false), { reports: 1, modes });
  }
  assert.deepEqual(await write('\x1b[?1004h\x1b[?1004l', true), {
    reports: 0,
    modes: [false, false, false],
  });
});
