import type { BrokerEvent } from '../../protocol/gateway-broker.ts';

/** One connection of the gateway or of root's CLI, as handlers see it. */
export interface Peer {
  /** Sends an event; one that does not fit ends the connection. */
  readonly tell: (event: BrokerEvent) => void;
  /** Aborted when the connection has ended. */
  readonly closed: AbortSignal;
}
