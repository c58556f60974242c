export type ChangeKind = 'packages' | 'users' | 'groups' | 'homes' | 'directories' | 'files';
export type Changes = Record<ChangeKind, string[]>;
export function readChanges(): Changes;
export function recordChange(kind: ChangeKind, names: readonly string[]): void;
export function forgetChange(kind: ChangeKind, name: string): void;
export function makeDirectory(path: string, mode: number, owner?: readonly [number, number]): void;
