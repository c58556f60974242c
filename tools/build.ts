/** Builds everything that is installed, into build/{bin,dist,page}. Does nothing if no input has changed. */

import { buildPages } from './build-steps/build-pages.ts';
import { buildPrograms } from './build-steps/build-programs.ts';
import { bundleServices } from './build-steps/bundle-services.ts';
import { copyPrograms } from './build-steps/copy-programs.ts';
import { hashInputs, hashOutputs, readStamp, writeStamp } from './build-steps/stamp.ts';
import { runSetup, runStep } from './start/report.mjs';

/** Returns the hash of the results, which is the version of the build. */
export async function buildWhenStale(): Promise<string> {
  const inputs = hashInputs();
  const stamp = readStamp();
  if (stamp?.inputs === inputs) return stamp.outputs;
  await runStep('build: C programs', buildPrograms);
  await runStep('build: services', bundleServices);
  await runStep('build: pages', buildPages);
  copyPrograms();
  return writeStamp(inputs, hashOutputs());
}

if (import.meta.main) {
  await runSetup(async () => {
    await buildWhenStale();
  });
}
