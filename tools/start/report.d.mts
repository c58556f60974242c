export class SetupError extends Error {}
export function say(line: string): void;
export function runSetup(main: () => Promise<void>): Promise<void>;
export function runStep<T>(name: string, step: () => T | Promise<T>): Promise<T>;
export function runProgram(
  program: string,
  args: readonly string[],
  options?: { input?: string; cwd?: string; env?: NodeJS.ProcessEnv },
): string;
