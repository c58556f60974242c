export function checkPorts(address: string, ports: readonly number[]): Promise<void>;
