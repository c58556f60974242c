/** What PAM modules say is kept up to a size: one that talks without end must fill neither our memory nor a frame. */

/** Bytes as JSON, together. */
const MOST_BYTES = 131_072;
/** Characters of one text: a message of the day has many lines. */
const LONGEST = 16_384;
/** Bytes that stand around a text. */
const AROUND = 64;
/** Characters of a text that asks: those have to be shown. */
export const LONGEST_QUESTION = 4096;

export class TextRoom {
  private left = MOST_BYTES;

  /** As much of it as is kept; null when there is no room left. */
  keep(text: string): string | null {
    if (this.left <= 0) return null;
    const kept = text.slice(0, LONGEST);
    this.left -= Buffer.byteLength(JSON.stringify(kept)) + AROUND;
    return this.left > 0 ? kept : null;
  }
}
