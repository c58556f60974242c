/** Leaders whose sign-in profile asks, and how they refuse what does not fit. */
import { after, before } from 'node:test';
import { makeAccount } from './accounts.ts';
import {
  type Client,
  configure,
  logged,
  makeProfile,
  prepareMachine,
  readLog,
  startRootd,
  stopRootd,
} from './leader.ts';

/** Registers the file's hooks. `asks`: how many prompts the sign-in of `user` has. */
export function setAskingLeaders(user: string, asks: number): void {
  before(async () => {
    prepareMachine();
    configure([]);
    makeProfile('vestibule', [`auth required %FAKE% auth=ask:${asks}`, 'account required %FAKE%']);
    makeAccount(user);
    await startRootd();
  });
  after(stopRootd);
}

/** The leader ends without a word; the log says why. */
export async function expectRefusal(
  client: Client,
  why: RegExp,
  action: () => void,
): Promise<void> {
  const before = readLog().length;
  action();
  await client.expectEnd();
  await logged(why, before);
}
