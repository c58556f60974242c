/**
 * A program may ask the terminal (its kind, the cursor's place, a colour), and the terminal answers as if typed. One of
 * the pages that show it answers, and none answers what is shown again: further answers would be typed into the program.
 */
import type { IParser } from '@xterm/xterm';

/** What xterm.js has no public name for. */
interface Core {
  readonly coreService: { readonly decPrivateModes: { sendFocus: boolean } };
  readonly _inputHandler: {
    setModePrivate(params: { readonly params: readonly number[]; readonly length: number }): void;
  };
}

const FOCUS_REPORTS = 1004;

/** isMuted: another page answers what the bytes being shown ask, or has. */
export function muteAnswers(terminal: { readonly parser: IParser }, isMuted: () => boolean): void {
  const { parser } = terminal;
  const questions = [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { final: 't' },
    { prefix: '>', final: 'q' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ];
  for (const question of questions) parser.registerCsiHandler(question, isMuted);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, isMuted);
  for (const color of [4, 10, 11, 12]) {
    parser.registerOscHandler(color, (data) => isMuted() && data.includes('?'));
  }
  muteFocusReport(terminal, isMuted);
}

/** A terminal that is told to report its focus reports at once whether it has it. Muted, it reports changes alone. */
function muteFocusReport(terminal: { readonly parser: IParser }, isMuted: () => boolean): void {
  const { _core: core } = terminal as unknown as { _core: Core };
  terminal.parser.registerCsiHandler({ prefix: '?', final: 'h' }, (modes) => {
    if (!isMuted() || !modes.includes(FOCUS_REPORTS)) return false;
    const others = modes.flat().filter((mode) => mode !== FOCUS_REPORTS);
    core._inputHandler.setModePrivate({ params: others, length: others.length });
    core.coreService.decPrivateModes.sendFocus = true;
    return true;
  });
}
