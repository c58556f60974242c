import type { Uid, UserName } from '../../protocol/ids.ts';

/** A name alone does not identify a person: it can be given to another account. */
export interface Person {
  readonly user: UserName;
  readonly uid: Uid;
}

export function personKey({ user, uid }: Person): string {
  return `${uid} ${user}`;
}
