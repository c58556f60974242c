/**
 * A request that hears what PAM says is answered at once when there is something, and after STILL_MS in any case, so
 * that no answer is silent for longer than a proxy between us waits.
 */

/** Texts come with the question that they belong to, most often: in one step. */
const HOLD_MS = 200;
const STILL_MS = 5000;

/** Calls once for what is said, or was said and not told; returns how to stop that. */
export type WhenSaid = (listener: () => void) => () => void;

export function untilNews(whenSaid: WhenSaid): { come: Promise<null>; stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let deafen = (): void => {};
  const come = new Promise<null>((resolve) => {
    const after = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => resolve(null), ms);
    };
    after(STILL_MS);
    deafen = whenSaid(() => after(HOLD_MS));
  });
  const stop = () => {
    clearTimeout(timer);
    deafen();
  };
  return { come, stop };
}
