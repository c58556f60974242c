import { isUserName } from '../../protocol/names.ts';
import type { SignInStart } from '../talks/conversation.ts';
import type { Attempt } from '../throttle/throttle.ts';

/** The attempt that the throttle counts. All invalid user names count as one name. */
export function attemptOf({ origin, user, browser }: SignInStart): Attempt {
  return { address: origin.address, user: isUserName(user) ? user : '', browser };
}
