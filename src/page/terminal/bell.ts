/** The bell, for the eye: a short flash, however often it rings. */
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
