/**
 * Whatever happens in whatever order: what the table says runs, runs, nothing else does, and nothing is left.
 * PROPERTY_RUNS sequences (50), at most for PROPERTY_SECONDS. PROPERTY_SEED and PROPERTY_PATH, as a failure prints
 * them, replay one.
 */
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { preparePam } from '../lib/fast-pam.ts';
import { makePrivateAccount } from '../lib/person.ts';
import { Product } from '../lib/product.ts';
import { commands, World } from '../lib/random-life.ts';

const { PROPERTY_RUNS = '50', PROPERTY_SECONDS, PROPERTY_SEED, PROPERTY_PATH } = process.env;
/** Finding the shortest failing sequence is given up then. */
const SHRINK_MS = 60_000;

let product: Product;
let world: World;

before(async () => {
  const accounts = ['ada', 'grace'].map((name) => makePrivateAccount(name));
  preparePam();
  product = await Product.install();
  await product.start();
  world = new World(product, accounts);
});
after(() => product?.wipe());

test('random lives leave nothing behind', { timeout: Number.POSITIVE_INFINITY }, async () => {
  const started = performance.now();
  let runs = 0;
  let failedAt = 0;
  const property = fc.asyncProperty(commands, async (sequence) => {
    if (failedAt !== 0 && performance.now() - failedAt > SHRINK_MS) return;
    runs++;
    try {
      await world.live(sequence);
    } catch (error) {
      failedAt ||= performance.now();
      console.log(`failed: ${JSON.stringify(sequence)}\n${(error as Error).stack}`);
      console.log(product.log.slice(-6000));
      throw error;
    }
  });
  await fc.assert(property, {
    numRuns: Number(PROPERTY_RUNS),
    ...(PROPERTY_SECONDS && { interruptAfterTimeLimit: Number(PROPERTY_SECONDS) * 1000 }),
    ...(PROPERTY_SEED === undefined ? {} : { seed: Number(PROPERTY_SEED) }),
    ...(PROPERTY_PATH === undefined ? {} : { path: PROPERTY_PATH }),
  });
  await world.finish();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${runs} sequences in ${seconds} s: ${JSON.stringify(world.performed)}`);
});
