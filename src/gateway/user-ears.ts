/** Who listens to what the broker says of one user: a tab is not called for what happens to all the others. */
import type { BrokerEvent } from '../protocol/gateway-broker.ts';
import type { UserName } from '../protocol/ids.ts';

export type UserEvent = Extract<BrokerEvent, { user: UserName }>;
export type Hear = (event: UserEvent) => void;

export class UserEars {
  private readonly ears = new Map<UserName, Set<Hear>>();

  /** Returns the release. */
  listen(user: UserName, hear: Hear): () => void {
    const ears = this.ears.get(user) ?? new Set();
    this.ears.set(user, ears.add(hear));
    return () => {
      ears.delete(hear);
      if (ears.size === 0 && this.ears.get(user) === ears) this.ears.delete(user);
    };
  }

  tell(event: UserEvent): void {
    for (const hear of this.ears.get(event.user) ?? []) hear(event);
  }
}
