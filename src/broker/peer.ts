/** One connection of the gateway or of root's CLI, as handlers see it. */
export interface Peer {
  /** Sends an event or an answer. */
  readonly send: (value: object) => void;
  /** Aborted when the connection has ended. */
  readonly closed: AbortSignal;
}
