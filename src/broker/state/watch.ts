/** Whose sessions are sampled, and the last samples. */
import type { SessionId } from '../../protocol/ids.ts';
import type { Usage } from '../../protocol/page-gateway.ts';
import type { Clock } from '../base/clock.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { CpuMeter } from './cpu-meter.ts';

export interface Sample {
  readonly usage: Usage | null;
  readonly activity: number | null;
}
export interface Watch {
  readonly samples: Map<SessionId, Sample>;
  readonly meters: Map<SessionId, CpuMeter>;
  /** Users with an open page, and until when (monotonic ms) they count as that without a further request. */
  readonly persons: Map<string, { readonly person: Person; readonly until: number }>;
  /** The troubles that each administrator was last told, as JSON. */
  readonly told: Map<string, string>;
  timer: NodeJS.Timeout | null;
}

/** Whether a page of the user is open, or was a moment ago. */
export function isLookedAt(
  { watch, clock }: { readonly watch: Watch; readonly clock: Pick<Clock, 'monotonic'> },
  person: Person,
): boolean {
  return (watch.persons.get(personKey(person))?.until ?? 0) > clock.monotonic();
}

export function makeWatch(): Watch {
  return {
    samples: new Map(),
    meters: new Map(),
    persons: new Map(),
    told: new Map(),
    timer: null,
  };
}
