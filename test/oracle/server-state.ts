/** What a service of ours is as a process, before and after the sessions of others. */
import { readFileSync, readlinkSync } from 'node:fs';
import type { Row } from './compare.ts';
import type { WayName } from './way.ts';

const SERVICES = ['rootd', 'broker', 'gateway'] as const;
export type ServerState = Readonly<Record<(typeof SERVICES)[number], string>>;

export function describeServer(pidOf: (service: (typeof SERVICES)[number]) => number): ServerState {
  const entries = SERVICES.map((service) => [service, describeProcess(pidOf(service))]);
  return Object.fromEntries(entries) as ServerState;
}

function describeProcess(pid: number): string {
  const read = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'utf8');
  const status = read('status').split('\n');
  const kept = /^(Umask|Uid|Gid|Groups|Sig(Blk|Ign)|Cap\w+|NoNewPrivs):/;
  const namespaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'];
  return [
    ...status.filter((line) => kept.test(line)),
    read('limits'),
    read('loginuid'),
    read('cgroup'),
    read('oom_score_adj'),
    // The 19th field of stat: the nice value.
    read('stat')
      .replace(/^.*\) /s, '')
      .split(' ')[16],
    ...namespaces.map((name) => readlinkSync(`/proc/${pid}/ns/${name}`)),
  ].join('\n');
}

export function compareServer(
  name: string,
  states: Partial<Record<WayName, { before: ServerState; after: ServerState }>>,
): Row[] {
  return SERVICES.map((service) => {
    const word = (way: WayName): string | null => {
      const state = states[way];
      if (state === undefined) return null;
      return state.before[service] === state.after[service] ? 'as before' : 'changed';
    };
    const values = { su: null, ssh: null, session: word('session'), user: word('user') };
    const isChanged = Object.values(values).includes('changed');
    return {
      case: name,
      item: service,
      values,
      verdict: isChanged ? 'unexplained' : 'same',
      explanations: [],
      wanted: isChanged ? 'as before' : null,
      shown: true,
    };
  });
}
