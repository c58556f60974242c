export const LOCK: string;
