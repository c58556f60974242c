export const INSTALLED: string;
export interface Process {
  readonly pid: number;
  readonly program: string;
}
export function processesUnder(directory: string): Process[];
export function processesOf(uid: number): Process[];
export function findServer(): number | null;
export function whoListens(port: number): (Process & { readonly name: string }) | null;
export function signalUntilGone(
  find: () => readonly Process[],
  signal: NodeJS.Signals,
  seconds: number,
): Promise<boolean>;
