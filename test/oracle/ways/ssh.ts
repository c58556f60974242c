/** A login by the sandbox's sshd: by a key, or by answers to what PAM asks. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { listProcesses } from '../../lib/processes.ts';
import { until } from '../../lib/product.ts';
import { ENVIRONMENT, ORACLE, SSH_PORT } from '../machine.ts';
import { openScreen } from '../screen.ts';
import { type Entered, type Entering, enteredOn, readDump } from '../way.ts';

/** ssh's own words. */
const OWN =
  /^(Warning: Permanently added|Could not chdir|.*Permission denied|Connection (closed|to)|Received disconnect|Disconnected|Shared connection)/;

export async function enterBySsh({ account, answers, sshPassword }: Entering): Promise<Entered> {
  const asked = sshPassword ? 'password' : 'keyboard-interactive';
  const method = answers === null ? 'publickey' : asked;
  const id = randomBytes(4).toString('hex');
  const file = `${ORACLE}/answers-${id}`;
  writeFileSync(file, (answers ?? []).map((answer) => `${answer}\n`).join(''));
  const control = `${ORACLE}/ssh-${id}`;
  const argv = (...more: readonly string[]): string[] => [
    ...['ssh', '-tt', '-F', 'none', '-p', String(SSH_PORT), '-i', `${ORACLE}/key`, '-S', control],
    ...['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=INFO'].flatMap(
      (option) => ['-o', option],
    ),
    ...['-o', `PreferredAuthentications=${method}`, '-o', 'NumberOfPasswordPrompts=1'],
    ...[...more, `${account.name}@127.0.0.1`],
  ];
  const env = {
    ...ENVIRONMENT,
    SSH_ASKPASS: `${ORACLE}/askpass`,
    SSH_ASKPASS_REQUIRE: 'force',
    ORACLE_ANSWERS: file,
  };
  const screen = openScreen(argv('-M'), env);
  const entered = await enteredOn(screen, OWN);
  if (entered.refused) await loginsEnd();
  // What PAM says in the dialogue stands above its prompts, which ssh gives to askpass.
  const said = existsSync(`${file}.prompts`) ? readFileSync(`${file}.prompts`, 'utf8') : '';
  for (const path of [file, `${file}.prompts`]) rmSync(path, { force: true });
  const above = said
    .split('\n')
    .map((line) => line.replace(/^\(\S+@\S+\) /, ''))
    .filter((line) => line !== '' && !/: ?$/.test(line));
  if (entered.refused) return { ...entered, texts: [...above, ...entered.texts] };
  return {
    ...entered,
    texts: [...above, ...entered.texts],
    leave: async () => {
      await entered.leave();
      await loginsEnd();
    },
    second: async () => {
      const other = openScreen(argv(), env);
      const items = await readDump(other);
      other.type('');
      await other.ended;
      return items ?? new Map();
    },
  };
}

/** sshd closes the PAM session after it has closed the connection. */
async function loginsEnd(): Promise<void> {
  const isLogin = ({ argv }: { argv: readonly string[] }): boolean =>
    argv[0]?.startsWith('sshd: ') === true && !argv[0].includes('[listener]');
  await until(() => !listProcesses().some(isLogin), 'sshd has closed the session');
}
