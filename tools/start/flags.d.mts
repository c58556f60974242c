export const USAGE: string;
export interface Flags {
  readonly demo: boolean;
  readonly json: boolean;
  /** null: as configured */
  readonly port: number | null;
}
export function readFlags(argv: readonly string[]): Flags;
