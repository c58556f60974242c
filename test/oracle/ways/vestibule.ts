/** A sign-in at the real server and a terminal, as a browser does it. */
import { PROBLEMS, type Problem } from '../../../src/protocol/problems.ts';
import { type DecidedStep, Refused, WebClient } from '../../lib/client.ts';
import type { Items } from '../items.ts';
import { type Entered, type Entering, readDump, textsOf, type Way } from '../way.ts';
import { Live, type StartedTerminal } from './live.ts';

/** session-host's own words. */
const OWN = /^Cannot enter the home directory/;
const URL = 'https://127.0.0.1:8787';

/** scope: whether a second program is one of the first one's, or another terminal of the user's leader. */
export const vestibuleWay =
  (scope: 'session' | 'user'): Way =>
  async ({ account, answers, wasAsked }: Entering) => {
    const client = new WebClient(URL);
    const texts: string[] = [];
    const given = answers ?? [account.password];
    if (await isRefused(client, account.name, given, texts, wasAsked)) {
      client.close();
      return { refused: true, texts };
    }
    const live = await Live.open(client);
    const first = await live.startTerminal();
    if ('problem' in first) {
      await live.leave();
      return { refused: true, texts: [...texts, ...wordsOf(first.problem)] };
    }
    if (scope === 'user') texts.push(...(await live.homeTexts()).flatMap(textsOf));
    return await enteredAt(first, live, scope, texts);
  };

async function enteredAt(
  first: StartedTerminal,
  live: Live,
  scope: 'session' | 'user',
  texts: readonly string[],
): Promise<Entered> {
  const items = await dumpOf(first);
  return {
    refused: false,
    texts: [...texts, ...textsOf(first.screen.output()).filter((line) => !OWN.test(line))],
    items,
    second: async () => {
      if (scope === 'session') {
        const after = first.screen.output().length;
        first.screen.type('second');
        return await dumpOf(first, after);
      }
      const other = await live.startTerminal();
      if ('problem' in other) throw new Error(`the second terminal: ${other.problem.text}`);
      const again = await dumpOf(other);
      await live.endTerminal(other);
      return again;
    },
    leave: async () => {
      await live.endTerminal(first);
      await live.leave();
    },
  };
}

async function dumpOf({ screen }: StartedTerminal, after = 0): Promise<Items> {
  const items = await readDump(screen, after);
  if (items === null) throw new Error(`wanted a dump, got '${screen.output()}'`);
  return items;
}

/** True when sign-in is refused; texts grow by what PAM says. */
async function isRefused(
  client: WebClient,
  user: string,
  answers: readonly string[],
  texts: string[],
  wasAsked: () => void,
): Promise<boolean> {
  const left = [...answers];
  try {
    for (let step: DecidedStep = await client.beginSignIn(user); ; ) {
      wasAsked();
      const { items } = step;
      const said = items.filter(({ style }) => style === 'error' || style === 'info');
      texts.push(...said.map(({ text }) => text));
      if (step.kind === 'signed-in') return false;
      const asked = items.filter((item) => !said.includes(item));
      const secrets = asked.map(() => Buffer.from(left.shift() ?? ''));
      step = await client.answer(user, step, secrets);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    texts.push(...wordsOf(error.problem));
    return true;
  }
}

/** A problem's own sentence is ours, any other line is PAM's. */
function wordsOf({ code, text }: Problem): string[] {
  return text.split('\n').filter((line) => line !== PROBLEMS[code].text);
}
