/** vestibule-broker: tickets, sessions and their database; the only service that talks to rootd and to leaders. */
import { KINDS } from '../kinds/kinds.ts';
import { runBroker } from './run-broker.ts';

await runBroker(KINDS);
