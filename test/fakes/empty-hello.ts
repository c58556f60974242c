/** The hello of a leader that nobody has asked for anything yet. */
import { LEADER_PROTOCOL_VERSION } from '../../src/protocol/broker-leader.ts';

export const EMPTY_HELLO = {
  name: 'hello',
  ...{ version: LEADER_PROTOCOL_VERSION, pid: 0, phase: 0, pamSession: '' },
  ...{ user: '', uid: 0, service: '', label: '', attached: 0, close: 0, openedAt: 0n },
  ...{ sessions: [], ttys: [], pids: [], statuses: [], states: new Uint8Array() },
} as const;
