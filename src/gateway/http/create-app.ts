/** The routes of one origin, with what all of them share: headers, checks of Origin and content type, problems. */
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Env, Gateway, Side } from '../gateway.ts';
import { Failure, reportProblem } from '../problem.ts';
import { ROUTES } from '../routes.ts';
import { checkOrigin } from '../security/check-origin.ts';
import { contentPolicy, securityHeaders } from '../security/headers.ts';
import { renderProblem } from './answer-problem.ts';
import { describeRequest } from './client-origin.ts';
import { checkJsonType } from './read-json.ts';

const HARMLESS = ['GET', 'HEAD'];

export function createApp(gateway: Gateway, side: Side): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const { incoming, host } = c.env;
    for (const [name, value] of Object.entries(
      securityHeaders(host.origin, gateway.ownCertificate),
    )) {
      c.header(name, value);
    }
    if (!HARMLESS.includes(c.req.method)) {
      checkOrigin(incoming.headers, host.origin);
      checkJsonType(incoming);
    }
    await next();
  });
  const routes = ROUTES[side];
  for (const [method, path, handler] of routes) app.on(method, path, (c) => handler(gateway, c));
  for (const path of new Set(routes.map(([, path]) => path))) {
    if (path.endsWith('*')) continue; // whether the address exists is not known here
    const methods = routes.filter((route) => route[1] === path).map(([method]) => method);
    app.all(path, (c) => refuseMethod(c, methods));
  }
  app.notFound((c) => answerError(gateway, c, new Failure('not-found', 'no such address')));
  app.onError((error, c) => answerError(gateway, c, error));
  return app;
}

function refuseMethod(c: Context<Env>, methods: readonly string[]): never {
  c.header('allow', methods.join(', '));
  throw new Failure('method-not-allowed', `wanted ${methods.join(' or ')}`);
}

function answerError(gateway: Gateway, c: Context<Env>, error: unknown): Response {
  const { incoming, host } = c.env;
  const problem = reportProblem(gateway.log, error, describeRequest(gateway, incoming));
  const { status, type, body } = renderProblem(incoming, problem, {
    homeOrigin: host.home,
    root: gateway.address.root,
    title: gateway.welcome.title,
  });
  c.header('content-security-policy', contentPolicy(host.origin));
  c.header('cache-control', 'no-store');
  c.header('content-type', type);
  if (problem.retryAfter !== undefined) c.header('retry-after', `${problem.retryAfter}`);
  // The rest of a refused body is not read.
  if (!incoming.complete) c.header('connection', 'close');
  return c.body(body, status as ContentfulStatusCode);
}
