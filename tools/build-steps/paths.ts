/** Paths of the clone and of the build in it. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const buildDirectory = join(root, 'build');
/** What is installed. */
export const OUTPUTS = ['bin', 'dist', 'page'] as const;
