/** What `run` fails with when it is not the program that failed. */
export const OWN_FAILURE = 125;

export class RunError extends Error {
  override readonly name = 'RunError';
}
