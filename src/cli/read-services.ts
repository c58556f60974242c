/** Reads what supervise reports about its services. */
import { readFileSync, readlinkSync } from 'node:fs';
import { parseServices, type ServiceReport } from '../protocol/services-file.ts';

/** Empty: no supervise runs, or it could not write the file. The file of a supervise that has ended is ignored. */
export function readServices(file: string): readonly ServiceReport[] {
  try {
    const { supervise, services } = parseServices(readFileSync(file, 'utf8'));
    const program = readlinkSync(`/proc/${supervise}/exe`).replace(/ \(deleted\)$/, '');
    return program.endsWith('/vestibule-supervise') ? services : [];
  } catch {
    return [];
  }
}

export function describeTrouble({ name, state, failures, reason }: ServiceReport): string {
  if (failures === 0) return `the ${name} is ${state === 'waiting' ? 'not running' : 'starting'}`;
  const times = failures === 1 ? 'once' : `${failures} times`;
  return `the ${name} does not run, it failed ${times}: ${reason}`;
}
