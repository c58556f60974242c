import { type Context, printLine } from './context.ts';
import type { ProfileUse } from './reading/readings.ts';

export function warnWithoutProfile({ err }: Context, { profile, isThere }: ProfileUse): void {
  if (!isThere) printLine(err, `warning: there is no profile '${profile}': PAM uses 'other'`);
}
