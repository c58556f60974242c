/** Limits the size of the texts of PAM modules: a module that never stops must fill neither our memory nor a frame. */

/** Of all texts together, in JSON. */
const MOST_BYTES = 131_072;
/** Characters of one text: a message of the day has many lines. */
const LONGEST = 16_384;
/** Bytes of JSON that each item has besides its text. */
const AROUND = 64;
/** Characters of a question. Questions are always shown, so they do not count for MOST_BYTES. */
export const LONGEST_QUESTION = 4096;

export class TextRoom {
  private left = MOST_BYTES;

  /** The text, shortened if it is too long; null if there is no room left. */
  keep(text: string): string | null {
    if (this.left <= 0) return null;
    const kept = text.slice(0, LONGEST);
    this.left -= Buffer.byteLength(JSON.stringify(kept)) + AROUND;
    return this.left > 0 ? kept : null;
  }
}
