/** `vestibule run --password-stdin`: root opens a session of the same leader and has the password at hand. */
import { VESTIBULE } from '../../lib/product.ts';
import { ENVIRONMENT, SHELL } from '../machine.ts';
import { openScreen } from '../screen.ts';
import { type Entered, type Entering, enteredOn } from '../way.ts';

export async function enterByRun({ account, answers }: Entering): Promise<Entered> {
  const profile = '--profile vestibule-session --password-stdin';
  const command = `${VESTIBULE} run ${profile} ${account.name} -- ${SHELL}`;
  const screen = openScreen(
    ['script', '--quiet', '--return', '--command', command, '/dev/null'],
    ENVIRONMENT,
  );
  const [password] = answers!;
  screen.type(password!);
  const entered = await enteredOn(screen, /^vestibule: /);
  const texts = entered.texts.filter((line) => line !== password);
  if (entered.refused) return { ...entered, texts };
  return { ...entered, texts };
}
