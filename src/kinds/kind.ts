/**
 * What runs in a session. A kind is data: code asks for a property of it, never which one it is, so that a further kind
 * is a further file.
 */
export interface Kind {
  /** In rows and requests. */
  readonly name: string;
  /** Names its sessions ("Terminal 1"), and stands beside them. */
  readonly title: string;
  /**
   * person: people start it on their home page, and while it runs their home session stays open. root: the command line
   * does; the broker lists it.
   */
  readonly startedBy: 'person' | 'root';
  /** Whether it runs on a terminal of its own, which is made before PAM opens the session: PAM_TTY is the real one. */
  readonly pty: boolean;
  /** How a viewer talks to it: as to a terminal (protocol/gateway-session.ts); null: nobody gets to it. */
  readonly talk: 'terminal' | null;
  /** When it counts as running: as soon as its leader says that the program was started. */
  readonly ready: 'spawned';
  /** How it is suspended; null: it cannot be. */
  readonly suspend: null;
  readonly words: KindWords;
}

/** Sentences for people and administrators. */
export interface KindWords {
  /** It was started and does not come to be ready. */
  readonly silent: string;
  /** It runs, and the socket of its session-host was deleted. */
  readonly cutOff: string;
}
