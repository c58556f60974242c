/** What may happen in a random life of the product. */
import fc from 'fast-check';
import { SERVICES, type Service } from './product.ts';

/** Services are killed that many ms after something was asked for. */
interface Strike {
  readonly kill: readonly Service[];
  readonly after: number;
}
const PARTS = ['leader', 'host', 'watch', 'leader and watch'] as const;

export type Command =
  | {
      readonly do: 'sign-in' | 'sign-in-wrong' | 'sign-out' | 'start' | 'run';
      readonly who: number;
    }
  /** Killed while the password is typed. */
  | { readonly do: 'sign-in-over'; readonly who: number; readonly kill: readonly Service[] }
  | ({ readonly do: 'start-over'; readonly who: number } & Strike)
  | { readonly do: 'exit' | 'end-page' | 'end-cli'; readonly which: number }
  | ({ readonly do: 'end-over'; readonly which: number } & Strike)
  | {
      readonly do: 'kill-part';
      readonly which: number;
      readonly part: (typeof PARTS)[number];
    }
  | { readonly do: 'kill'; readonly kill: readonly Service[] }
  | { readonly do: 'restart'; readonly signal: 'SIGTERM' | 'SIGKILL' };

const who = fc.nat(1);
const which = fc.nat(7);
const kill = fc.subarray([...SERVICES], { minLength: 1 });
const strike = { kill, after: fc.nat(80) };

/** how often, what, with what */
const KINDS: readonly (readonly [number, Command['do'], Record<string, fc.Arbitrary<unknown>>])[] =
  [
    [6, 'sign-in', { who }],
    [1, 'sign-in-wrong', { who }],
    [1, 'sign-out', { who }],
    [2, 'sign-in-over', { who, kill }],
    [12, 'start', { who }],
    [4, 'run', { who }],
    [4, 'start-over', { who, ...strike }],
    [2, 'exit', { which }],
    [2, 'end-page', { which }],
    [2, 'end-cli', { which }],
    [3, 'end-over', { which, ...strike }],
    [6, 'kill-part', { which, part: fc.constantFrom(...PARTS) }],
    [4, 'kill', { kill }],
    [2, 'restart', { signal: fc.constantFrom('SIGTERM', 'SIGKILL') }],
  ];

export const commands = fc.array(
  fc.oneof(
    ...KINDS.map(([weight, name, fields]) => ({
      weight,
      arbitrary: fc.record({ do: fc.constant(name), ...fields }),
    })),
  ),
  { minLength: 4, maxLength: 9, size: 'max' },
) as fc.Arbitrary<Command[]>;
