/**
 * While PAM opens a session its leader holds one of rootd's places (its count-startups.c), and one that hangs in the
 * kernel holds it until it comes back. So a person has a few at a time; further ones of theirs wait in line.
 */
import type { SessionId } from '../../protocol/ids.ts';
import { ProblemError } from '../problem.ts';
import { type Person, personKey } from '../tickets/ticket-store.ts';

/** Of one person at a time. */
export const MOST_OPENING = 8;
const WAIT_MS = 30_000;

interface Waiter {
  readonly person: string;
  readonly go: () => void;
}

export class OpeningPlaces {
  private readonly waitMs: number;
  private readonly holders = new Map<SessionId, string>();
  private readonly waiting = new Map<SessionId, Waiter>();

  constructor(waitMs = WAIT_MS) {
    this.waitMs = waitMs;
  }

  hasRoom(person: Person): boolean {
    const name = personKey(person);
    return [...this.holders.values()].filter((one) => one === name).length < MOST_OPENING;
  }

  /** Must be followed by leave(). Rejects with a problem when no place is free for too long. */
  enter(id: SessionId, person: Person): Promise<void> {
    const name = personKey(person);
    if (this.hasRoom(person)) {
      this.holders.set(id, name);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.waiting.delete(id);
        reject(refusal(person));
      }, this.waitMs).unref();
      const go = () => {
        clearTimeout(late);
        resolve();
      };
      this.waiting.set(id, { person: name, go });
    });
  }

  /** It is not wanted any more: it goes on, without a place, to its end. */
  stopWaiting(id: SessionId): void {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    waiter?.go();
  }

  leave(id: SessionId): void {
    const person = this.holders.get(id);
    this.holders.delete(id);
    const next = [...this.waiting].find(([, waiter]) => waiter.person === person);
    if (person === undefined || next === undefined) return;
    this.waiting.delete(next[0]);
    this.holders.set(next[0], person);
    next[1].go();
  }
}

function refusal({ user }: Person): ProblemError {
  const text = `${MOST_OPENING} of your sessions are still being opened. Wait until they are open.`;
  return new ProblemError('session-refused', `${MOST_OPENING} starts of '${user}' hang`, text);
}
