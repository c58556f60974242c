export function removeAccount(name: string): Promise<void>;
export function findUid(name: string): number | null;
