/** Builds the C programs with make. */
import { availableParallelism } from 'node:os';
import { runProgram } from '../start/report.mjs';
import { root } from './paths.ts';

export function buildPrograms(): void {
  runProgram('make', ['-s', `-j${availableParallelism()}`, 'bin'], { cwd: root });
}
