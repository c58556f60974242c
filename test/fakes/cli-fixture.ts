/** The command line run in this process, against a broker that gives one answer to each question. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Context, processContext } from '../../src/cli/context.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { greet, type JsonObject, parseJson, sendJson } from '../../src/protocol/json-frame.ts';

export interface CliEnd {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** answer: null: none. */
export async function runWithBroker(
  t: TestContext,
  args: readonly string[],
  answer: ((ask: JsonObject) => object) | null,
  changes: Partial<Context> = {},
): Promise<CliEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-cli-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const brokerSocket = join(folder, 's');
  if (answer !== null) await listen(t, brokerSocket, answer);
  let [out, err] = ['', ''];
  const context: Context = {
    ...processContext(),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    uid: 0,
    reader: null,
    brokerSocket,
    // Of this machine's server, should one run, nothing is known here.
    servicesFile: join(folder, 'services'),
    grantKey: join(folder, 'grant.key'),
    ...changes,
  };
  return { status: await runCli(args, context), out, err };
}

function listen(t: TestContext, path: string, answer: (ask: JsonObject) => object): Promise<void> {
  const server = createServer((stream) => {
    void greet(stream).then(async (frames) => {
      const frame = await frames.next();
      if (frame === null) return;
      const ask = parseJson(frame);
      sendJson(frames, { id: ask.id, ...answer(ask) });
    });
  });
  t.after(() => server.close());
  return new Promise((resolve) => server.listen(path, resolve));
}
