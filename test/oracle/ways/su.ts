/** `su - USER` on a terminal of its own: by root, or by another user who gives the password. */
import { ENVIRONMENT, STRANGER } from '../machine.ts';
import { openScreen } from '../screen.ts';
import { type Entered, type Entering, enteredOn } from '../way.ts';

/** su's own words, and prompts. */
const OWN = /^(su: |.*: ?$|Session terminated)/;

export async function enterBySu({ account, answers, wasAsked }: Entering): Promise<Entered> {
  const { uid, gid } = STRANGER;
  const caller = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const screen = openScreen(
    [
      ...(answers === null ? [] : caller),
      ...['script', '--quiet', '--return', '--command', `su - ${account.name}`, '/dev/null'],
    ],
    ENVIRONMENT,
  );
  void answerPrompts(screen, answers ?? [], wasAsked);
  return await enteredOn(screen, OWN);
}

/** Each prompt is awaited: su throws away what was typed before it. */
async function answerPrompts(
  screen: ReturnType<typeof openScreen>,
  answers: readonly string[],
  wasAsked: () => void,
): Promise<void> {
  let seen = 0;
  for (const answer of answers) {
    const prompt = await screen.until(/: ?$/, seen);
    if (prompt === null) return;
    wasAsked();
    seen = screen.output().length;
    screen.type(answer);
  }
}
