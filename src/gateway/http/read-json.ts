/** Reads a request's body, which must be JSON of the given shape. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { Failure } from '../problem.ts';

const JSON_TYPE = /^application\/json\s*(?:;\s*charset=utf-8\s*)?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Another site's form cannot send this type without a preflight: a second guard beside the Origin. */
export function checkJsonType(incoming: IncomingMessage): void {
  const type = incoming.headers['content-type'] ?? '';
  if (JSON_TYPE.test(type)) return;
  throw new Failure(
    'bad-request',
    `wanted content-type 'application/json', got '${type.slice(0, 100)}'`,
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
    throw new Failure('bad-request', 'the body is not JSON in UTF-8');
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  // valibot's messages quote what came; user names and sealed answers stay out of the log.
  const places = result.issues.map((issue) => v.getDotPath(issue) ?? 'the body');
  throw new Failure('bad-request', `missing or of another form: ${places.join(', ')}`);
}

/** Refuses a body that is too long: by its content-length, or once too much has come. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = () => new Failure('too-large', `a body of more than ${limit} bytes`);
  if (Number(incoming.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream must not be destroyed early: the answer goes out on the same socket.
  for await (const chunk of incoming.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
