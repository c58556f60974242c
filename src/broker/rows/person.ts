import type { Uid, UserName } from '../../protocol/ids.ts';

/** A name alone is not enough: it can be given to somebody else. */
export interface Person {
  readonly user: UserName;
  readonly uid: Uid;
}

/** The same for the same person. */
export function personKey({ user, uid }: Person): string {
  return `${uid} ${user}`;
}
