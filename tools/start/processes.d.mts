export const INSTALLED: string;
export interface Process {
  readonly pid: number;
  readonly program: string;
}
export function rootProcessesUnder(directory: string): Process[];
export function programOf(pid: number): string;
export function processesOf(uid: number): Process[];
export function whoListens(port: number): (Process & { readonly name: string }) | null;
export function killUntilGone(find: () => readonly Process[], seconds: number): Promise<boolean>;
