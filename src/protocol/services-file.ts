/**
 * The file that supervise writes for `vestibule status`; only root may read it. The first line is the pid of supervise.
 * Then there is a line for each service, with fields separated by tabs: name, state, number of failures since it was
 * last ready, reason.
 */
export interface ServiceReport {
  readonly name: string;
  /** waiting: it will be started again. */
  readonly state: 'running' | 'starting' | 'waiting';
  readonly failures: number;
  /** '' if it has not failed. */
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
