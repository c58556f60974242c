/** The visual bell: one short flash, however often it rings meanwhile. */
const FLASH_MS = 150;

export function makeBell(place: HTMLElement): () => void {
  let ringing = false;
  return () => {
    if (ringing) return;
    ringing = true;
    place.classList.add('rings');
    setTimeout(() => {
      ringing = false;
      place.classList.remove('rings');
    }, FLASH_MS);
  };
}
