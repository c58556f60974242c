/** Removes www-root-path, with which paths may begin behind a reverse proxy, before anything looks at the path. */
import type { IncomingMessage } from 'node:http';
import { Failure } from '../problem.ts';

/** False: the path is the root path itself, without the slash that relative addresses need. */
export function stripRoot(root: string, incoming: IncomingMessage): boolean {
  if (root === '') return true;
  const { url = '' } = incoming;
  if (url.split('?', 1)[0] === root) return false;
  if (!url.startsWith(`${root}/`)) throw new Failure('not-found', `a path outside of '${root}'`);
  incoming.url = url.slice(root.length);
  return true;
}
