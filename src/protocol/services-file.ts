/**
 * The file that supervise writes for `vestibule status` (root's alone): its pid on the first line, then a line for each
 * service, fields separated by tabs: name, state, how often it has failed since it was ready last, why.
 */
export interface ServiceReport {
  readonly name: string;
  /** waiting: to be started again. */
  readonly state: 'running' | 'starting' | 'waiting';
  readonly failures: number;
  /** '' when it has not failed. */
  readonly reason: string;
}
export interface ServicesReport {
  readonly supervise: number;
  readonly services: readonly ServiceReport[];
}

export function parseServices(text: string): ServicesReport {
  const [pid, ...lines] = text.split('\n').slice(0, -1);
  const services = lines.map((line) => {
    const [name = '', state = '', failures = '', reason = ''] = line.split('\t');
    return { name, state: state as ServiceReport['state'], failures: Number(failures), reason };
  });
  return { supervise: Number(pid), services };
}
