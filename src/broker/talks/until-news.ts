/**
 * A request that waits for texts of PAM is answered shortly after there is one, and at the latest after STILL_MS: a
 * reverse proxy between browser and gateway must not give up.
 */

/** Most texts are followed by a question that belongs to them: waiting for it returns both in one step. */
const HOLD_MS = 200;
const STILL_MS = 5000;

/** Calls `listener` once, when there is something that no step has delivered. Returns a function that cancels this. */
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
