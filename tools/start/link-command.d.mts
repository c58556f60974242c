export const COMMAND: string;
export function linkCommand(): void;
export function unlinkCommand(): void;
