/** How the program on the terminal ended, in words. status: of wait(2). */
import { exitStatus } from '../../lib/exit-status.ts';
import type { EndedBy } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';

export function describeExit(status: number, endedBy: EndedBy | null): string {
  return texts.terminal.exited({ exitStatus: exitStatus(status), endedBy });
}
