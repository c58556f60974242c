/** A login by the sandbox's sshd: by a key, or by answers to what PAM asks. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ENVIRONMENT, ORACLE, SSH_PORT } from '../machine.ts';
import { openScreen } from '../screen.ts';
import { type Entered, type Entering, enteredOn, readDump } from '../way.ts';

/** ssh's own words. */
const OWN =
  /^(Warning: Permanently added|Could not chdir|.*Permission denied|Connection (closed|to)|Received disconnect|Disconnected|Shared connection)/;

export type SshMethod = 'publickey' | 'keyboard-interactive' | 'password';

export async function enterBySsh(
  { account, answers }: Entering,
  method: SshMethod = answers === null ? 'publickey' : 'keyboard-interactive',
): Promise<Entered> {
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
  // What PAM says in the dialogue stands above its prompts, which ssh gives to askpass.
  const said = existsSync(`${file}.prompts`) ? readFileSync(`${file}.prompts`, 'utf8') : '';
  for (const path of [file, `${file}.prompts`]) rmSync(path, { force: true });
  const above = said.split('\n').filter((line) => line !== '' && !/: ?$/.test(line));
  if (entered.refused) return { ...entered, texts: [...above, ...entered.texts] };
  return {
    ...entered,
    texts: [...above, ...entered.texts],
    second: async () => {
      const other = openScreen(argv(), env);
      const items = await readDump(other);
      other.type('');
      await other.ended;
      return items ?? new Map();
    },
  };
}
