import { isUserName } from '../../protocol/names.ts';
import type { SignInStart } from '../talks/conversation.ts';
import type { Attempt } from '../throttle/throttle.ts';

/** What the throttle counts. What cannot be a name all counts as one. */
export function attemptOf({ origin, user, browser }: SignInStart): Attempt {
  return { address: origin.address, user: isUserName(user) ? user : '', browser };
}
