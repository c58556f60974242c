/**
 * Who is an administrator: the members of the groups in admin-group. The system is asked in the background, one user at
 * a time, so that a directory service that hangs blocks nothing. Until there is an answer a user is no administrator.
 */
import { inBackground } from '../../lib/in-background.ts';
import { type Person, personKey } from '../rows/person.ts';
import { askMember } from './ask-member.ts';

/** How often the system is asked about one user. */
const ASK_AGAIN_MS = 60_000;
/** How long an answer is valid if there is no newer one. */
const TRUST_MS = 600_000;

/** null: no answer. */
export type AskMember = (person: Person, groups: readonly string[]) => Promise<boolean | null>;

interface Known {
  readonly asked: number;
  readonly member: boolean;
  /** When `member` was answered. */
  readonly answered: number;
}

export class Administrators {
  private readonly known = new Map<string, Known>();
  private line: Promise<void> = Promise.resolve();
  private readonly groups: readonly string[];
  private readonly monotonic: () => number;
  private readonly ask: AskMember;

  constructor(groups: readonly string[], monotonic: () => number, ask: AskMember = askMember) {
    this.groups = groups;
    this.monotonic = monotonic;
    this.ask = ask;
  }

  get possible(): boolean {
    return this.groups.length > 0;
  }

  /** Answers at once from what is known, and asks the system in the background if that is old. */
  has(person: Person): boolean {
    if (!this.possible) return false;
    const now = this.monotonic();
    const known = this.known.get(personKey(person));
    if (known === undefined || known.asked + ASK_AGAIN_MS <= now) this.learn(person, known);
    return known?.member === true && now < known.answered + TRUST_MS;
  }

  private learn(person: Person, before: Known | undefined): void {
    const asked = this.monotonic();
    this.prune(asked);
    this.known.set(personKey(person), { member: false, answered: asked, ...before, asked });
    this.line = this.line.then(async () => {
      const member = await this.ask(person, this.groups);
      if (member === null) return;
      this.known.set(personKey(person), { asked, member, answered: this.monotonic() });
    });
    inBackground('administrators', this.line);
    this.line = this.line.catch(() => {});
  }

  private prune(now: number): void {
    for (const [key, { asked }] of this.known) if (asked + TRUST_MS <= now) this.known.delete(key);
  }
}
