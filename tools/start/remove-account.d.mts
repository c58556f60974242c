export function removeAccount(name: string): Promise<void>;
export function homeOf(name: string): string;
export function findUid(name: string): number | null;
