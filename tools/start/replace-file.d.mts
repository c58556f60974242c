export function replaceFile(path: string, text: string, mode: number): void;
export function putInPlace(beside: string, path: string, mode: number): void;
