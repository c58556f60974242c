/**
 * A program may query the terminal (its type, the cursor's position, a colour), and the terminal answers on the
 * program's input. Exactly one of the pages that show a session answers, and none answers output that is shown again:
 * the program would take further answers for typed input.
 */
import type { IParser } from '@xterm/xterm';

/** Private parts of xterm.js. */
interface Core {
  readonly coreService: { readonly decPrivateModes: { sendFocus: boolean } };
  readonly _inputHandler: {
    setModePrivate(params: { readonly params: readonly number[]; readonly length: number }): void;
  };
}

const FOCUS_REPORTS = 1004;

/** isMuted: queries in the output being shown are not answered by this page. */
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

/**
 * When focus reports are switched on, xterm.js reports the current state at once. A muted page only reports changes.
 */
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
