/** The rows that a window shows: whole ones, at any height. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitForScreen } from '../lib/browser.ts';
import { TerminalPage } from '../lib/terminal-page.ts';

const on = new TerminalPage();

/** CSS pixels by which the last row reaches below what can be seen of the terminal. */
function hiddenBelow(): Promise<number> {
  return on.page.evaluate(() => {
    const place = document.getElementById('terminal')!;
    const rows = place.querySelector('.xterm-screen')!.getBoundingClientRect();
    return Math.max(
      rows.bottom - place.getBoundingClientRect().bottom,
      place.scrollHeight - place.clientHeight,
    );
  });
}

test('the last row is whole at every height of the window, and the first keeps its distance', async () => {
  const cut: string[] = [];
  for (let height = 620; height <= 660; height += 4) {
    await on.page.setViewportSize({ width: 1000, height });
    on.terminal.print(`\x1b[2J\x1b[H${height}`);
    await waitForScreen(on.page, new RegExp(`^${height}$`, 'm'));
    const hidden = await hiddenBelow();
    if (hidden > 0) cut.push(`${height}: ${hidden}px`);
  }
  assert.deepEqual(cut, []);
  const { x, y } = (await on.page.locator('.xterm-screen').boundingBox())!;
  assert.deepEqual([x, y], [6, 4]);
});
