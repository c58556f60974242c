/**
 * How many columns a character takes, by the rules of wcwidth(3): shells and editors use them, and the cursor must be
 * where they expect it. The addons of xterm.js do not know emoji newer than 2018, or treat emoji as narrow.
 */
import type { IUnicodeVersionProvider, Terminal } from '@xterm/xterm';

const VERSION = 'wcwidth';
/**
 * Combining characters: they join the character before them; Jamo vowels and finals join their first consonant.
 * (U+1171E was one.)
 */
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7fb\u{1171e}]/u;
/** Format characters that take a column: the soft hyphen, and the number signs of Arabic and Kaithi. */
const FORMAT_WITH_WIDTH = /[\xad\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
/** East Asian Wide and Fullwidth (UAX #11), without the emoji. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4c6\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{1f200}-\u{1f265}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]/u;
/** Regional indicators: two of them make a flag, but each takes one column. */
const REGIONAL = /[\u{1f1e6}-\u{1f1ff}]/u;
const EMOJI = /\p{Emoji_Presentation}/u;

export function measureCharacter(code: number): 0 | 1 | 2 {
  // A control character takes no column; a lone surrogate is shown as the replacement character.
  if (code < 32 || (code >= 127 && code < 160)) return 0;
  if (code < 127 || (code >= 0xd800 && code < 0xe000)) return 1;
  const character = String.fromCodePoint(code);
  if (FORMAT_WITH_WIDTH.test(character) || REGIONAL.test(character)) return 1;
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) || EMOJI.test(character) ? 2 : 1;
}

/** Cache: the width plus one, 0: not computed yet. */
const known = new Uint8Array(0x110000);

function measureQuickly(code: number): 0 | 1 | 2 {
  const seen = known[code]!;
  if (seen !== 0) return (seen - 1) as 0 | 1 | 2;
  const width = measureCharacter(code);
  known[code] = width + 1;
  return width;
}

/** In the form of xterm.js: bit 0: it joins the character before it; bits 1 and 2: its width. */
const provider: IUnicodeVersionProvider = {
  version: VERSION,
  wcwidth: measureQuickly,
  charProperties: (code, preceding) => {
    const width = measureQuickly(code);
    const before = (preceding >> 1) & 3;
    const joins = width === 0 && before > 0;
    return ((joins ? before : width) << 1) | (joins ? 1 : 0);
  },
};

export function measureAsPrograms(terminal: Terminal): void {
  terminal.unicode.register(provider);
  terminal.unicode.activeVersion = VERSION;
}
