/** The body of a request: JSON of the shape its address wants, or a plain refusal. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { Failure } from '../problem.ts';

const JSON_TYPE = /^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Forms of other sites cannot send this type without asking first: a second guard beside the Origin. */
export function checkJsonType(incoming: IncomingMessage): void {
  const type = incoming.headers['content-type'] ?? '';
  if (JSON_TYPE.test(type)) return;
  throw new Failure(
    'bad-request',
    `content-type '${type.slice(0, 100)}', wanted 'application/json'`,
  );
}

export async function readJson<S extends v.GenericSchema>(
  incoming: IncomingMessage,
  schema: S,
  limit: number,
): Promise<v.InferOutput<S>> {
  const body = await readBody(incoming, limit);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch {
    throw new Failure('bad-request', 'the body is no JSON in UTF-8');
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  // valibot's messages quote what came; user names and sealed answers stay out of the log.
  const places = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body');
  throw new Failure('bad-request', `not as wanted: ${places.join(', ')}`);
}

/** Refuses what is too long: at once when it says so, else as soon as it is. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new Failure('too-large', `a body of more than ${limit} bytes`);
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Left early, the stream must stay: the answer goes out on the same socket.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
