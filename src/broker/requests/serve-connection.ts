/** One connection of the gateway or of root's CLI. Each frame is a request with one answer; answers have no order. */
import type { Duplex } from 'node:stream';
import * as v from 'valibot';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import type { FrameStream } from '../../protocol/frame.ts';
import { greet, type JsonObject, parseJson, sendJson } from '../../protocol/json-frame.ts';
import type { Peer } from '../base/peer.ts';
import { asProblemError, ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';

export interface RequestHandler {
  readonly ask: v.GenericSchema;
  readonly handle: (broker: Broker, ask: never, peer: Peer) => unknown;
}
export interface Service {
  readonly name: 'gateway' | 'cli';
  readonly requests: { readonly [type: string]: RequestHandler };
  /** The connected peers, if they get events. */
  readonly peers?: Set<Peer>;
}

export async function serveConnection(
  broker: Broker,
  service: Service,
  stream: Duplex,
): Promise<void> {
  let frames: FrameStream;
  try {
    frames = await greet(stream);
  } catch (error) {
    log.warning('connection-refused', { service: service.name, error });
    return;
  }
  const closed = new AbortController();
  const peer: Peer = { tell: (event) => tell(frames, event), closed: closed.signal };
  service.peers?.add(peer);
  frames.listen({
    frame: (payload) => {
      const request = parseJson(payload);
      const { id } = request;
      if (!Number.isSafeInteger(id)) throw new Error('a request without an id');
      const answered = answer(broker, service, peer, request);
      inBackground(
        'answer',
        answered.then((body) => reply(broker, service, frames, request, body)),
      );
    },
    close: (error) => {
      service.peers?.delete(peer);
      closed.abort();
      if (error) log.warning('connection-lost', { service: service.name, error });
    },
  });
}

/** A peer that misses an event must connect again and ask for the whole state. */
function tell(frames: FrameStream, event: object): void {
  try {
    sendJson(frames, event);
  } catch (error) {
    frames.destroy(error as Error);
  }
}

/** If the answer cannot be sent, because it is too large, it sends a problem instead. */
function reply(
  broker: Broker,
  service: Service,
  frames: FrameStream,
  request: JsonObject,
  body: object,
): void {
  const { id, type } = request;
  try {
    sendJson(frames, { id, ...body });
  } catch (thrown) {
    const error = asProblemError(thrown);
    logRefusal(broker, service, type, error);
    sendJson(frames, { id, problem: error.problem });
  }
}

async function answer(
  broker: Broker,
  service: Service,
  peer: Peer,
  request: JsonObject,
): Promise<object> {
  try {
    const handler = handlerOf(service, request.type);
    const ask = v.safeParse(handler.ask, request);
    if (!ask.success) throw new ProblemError('bad-request', describe(ask.issues[0]));
    return { ok: await handler.handle(broker, ask.output as never, peer) };
  } catch (thrown) {
    const error = asProblemError(thrown);
    if (!error.audited) logRefusal(broker, service, request.type, error);
    return { problem: error.problem };
  }
}

function logRefusal(
  broker: Broker,
  service: Service,
  type: unknown,
  { problem, detail }: ProblemError,
): void {
  const { code, reference } = problem;
  const kind = `${service.name} ${isKnown(service, type) ? type : 'unknown'} ${code}`;
  if (!broker.refusals.note(kind)) return;
  const write = code === 'internal' ? log.error : log.info;
  write('request-refused', { service: service.name, type, code, detail, reference });
}

function isKnown({ requests }: Service, type: unknown): type is string {
  return typeof type === 'string' && Object.hasOwn(requests, type);
}

function handlerOf(service: Service, type: unknown): RequestHandler {
  const handler = isKnown(service, type) ? service.requests[type] : undefined;
  if (handler === undefined) throw new ProblemError('bad-request', `no request '${String(type)}'`);
  return handler;
}

/** Names the field and what was wanted, but not the value, which may be a secret. */
function describe(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? 'request'}: wanted ${issue.expected ?? issue.type}`;
}
