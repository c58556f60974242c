/**
 * Whatever happens in whatever order: what the table says runs, runs, nothing else does, and nothing is left.
 * PROPERTY_RUNS sequences (50), one half of them known, the other new. PROPERTY_SEED and PROPERTY_PATH, as a failure
 * prints them, replay one.
 */
import { randomInt } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { preparePam } from '../lib/fast-pam.ts';
import { type Command, commands } from '../lib/life-commands.ts';
import { makePrivateAccount } from '../lib/person.ts';
import { Product } from '../lib/product.ts';
import { World } from '../lib/random-life.ts';
import { SessionMounts } from '../lib/remains.ts';

const { PROPERTY_RUNS = '50', PROPERTY_SEED, PROPERTY_PATH } = process.env;
const RUNS = Number(PROPERTY_RUNS);
/** Finding the shortest failing sequence is given up then. */
const SHRINK_MS = 60_000;
/** What went wrong may quote the log, which would push the sequence out of a report that is cut. */
const MOST_WORDS = 1500;

let product: Product;
let world: World;

before(async () => {
  const accounts = ['ada', 'grace'].map((name) => makePrivateAccount(name));
  const mounts = new SessionMounts();
  preparePam({ session: [mounts.line] });
  product = await Product.install();
  await product.start();
  world = await World.begin(product, accounts, mounts);
});
after(() => product?.wipe());

async function liveThrough(seed: number, numRuns: number, path?: string): Promise<void> {
  const started = performance.now();
  let failedAt = 0;
  let runs = 0;
  let steps = 0;
  const property = fc.asyncProperty(commands, async (sequence) => {
    if (failedAt !== 0 && performance.now() - failedAt > SHRINK_MS) return;
    const from = product.log.length;
    try {
      await world.live(sequence);
    } catch (error) {
      failedAt ||= performance.now();
      console.log(`failed: ${JSON.stringify(sequence)}\n${(error as Error).stack}`);
      console.log(product.log.slice(from).slice(-20_000));
      throw error;
    }
    runs++;
    steps += sequence.length;
    if (runs % 100 === 0) console.log(`${runs} sequences`);
  });
  console.log(`PROPERTY_SEED=${seed}`);
  const replay = path === undefined ? {} : { path, endOnFailure: true };
  const details = await fc.check(property, { numRuns, seed, ...replay });
  if (details.failed) throw explain(details);
  await world.finish();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${runs} sequences, ${steps} steps, ${seconds} s: ${JSON.stringify(world.performed)}`,
  );
}

/** fast-check's own report has only the sequence, and its cause is not in a report of a run: what went wrong comes first. */
function explain(details: fc.RunDetails<[Command[]]>): Error {
  const { counterexample, counterexamplePath, errorInstance: cause, seed, numRuns } = details;
  if (counterexample === null) return new Error(fc.defaultReportMessage(details));
  const words = (cause instanceof Error ? cause.message : String(cause)).slice(0, MOST_WORDS);
  const replay = `PROPERTY_SEED=${seed} PROPERTY_PATH=${counterexamplePath}`;
  const found = `in sequence ${numRuns}, shrunk ${details.numShrinks} times`;
  const [sequence] = counterexample;
  return new Error(`${words}\n${replay} (${found})\n${JSON.stringify(sequence)}`, { cause });
}

const timeout = Number.POSITIVE_INFINITY;
if (PROPERTY_SEED === undefined) {
  test('known random lives leave nothing behind', { timeout }, () =>
    liveThrough(1, Math.floor(RUNS / 2)),
  );
  test('new random lives leave nothing behind', { timeout }, () =>
    liveThrough(randomInt(2 ** 31), Math.ceil(RUNS / 2)),
  );
} else {
  test('the random life asked for leaves nothing behind', { timeout }, () =>
    liveThrough(Number(PROPERTY_SEED), RUNS, PROPERTY_PATH),
  );
}
