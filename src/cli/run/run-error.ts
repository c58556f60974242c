/** Exit status of `run` if `run` itself fails, not the program. */
export const OWN_FAILURE = 125;

export class RunError extends Error {
  override readonly name = 'RunError';
}
