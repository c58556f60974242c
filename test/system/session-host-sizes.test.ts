/**
 * What session-host keeps of a terminal's screen when its size changes. Not compared is what docs/decisions/0032 names:
 * lines of the normal screen when the columns change, and what xterm.js keeps beyond the edge of a narrower one.
 */
import test from 'node:test';
import { type Change, checkCut } from '../lib/screen-cut.ts';
import { makePiece, makeRandom, type Random } from '../lib/screen-pieces.ts';
import type { Size } from '../lib/screen-state.ts';

/** Programs on the alternate screen draw it anew; the saved cursor may be below a lower screen, where none can be set. */
const AFTER = '\x1b7';
const CLEARED = '\x1b[0m\x1b[2J\x1b7';

/** What goes to the other screen. */
const SWITCHES = /^\x1b(c|\[\?(47|1047|1049)[hl])$/;
/** What moves cells to beyond the edge and back, and tab stops that are no others' neighbours. */
const BEYOND = /^\x1b(H|\[[\d;]*[@Pg]|\[4h|\[['23]*['~}]+|\[[ 2]* [@A])$/;

/** Looks, links and character sets, and words that each get a line and fit it. */
const LINE = /^(\x1b(\[[\d;:]*m|\].*|[()*+].)|[^\x00-\x1f]{1,10})$/su;

const keeps =
  (...without: readonly RegExp[]) =>
  (piece: string): string =>
    without.some((one) => one.test(piece)) ? '' : piece;

interface Kind {
  readonly start?: string;
  readonly after?: string;
  /** Of a piece, what is written. */
  readonly write: (piece: string) => string;
  readonly next: (size: Size, random: Random) => Size;
}
const KINDS: Record<string, Kind> = {
  'the alternate screen, rows and columns': {
    start: '\x1b[?1049h',
    after: CLEARED,
    write: keeps(SWITCHES, BEYOND),
    next: (_, random) => ({ rows: 3 + random(10), columns: 5 + random(30) }),
  },
  'the normal screen, rows': {
    write: keeps(SWITCHES),
    next: ({ columns }, random) => ({ rows: 3 + random(10), columns }),
  },
  'both screens, more and more rows': {
    write: keeps(),
    next: ({ rows, columns }, random) => ({ rows: rows + 1 + random(3), columns }),
  },
  'the normal screen, columns, with lines that fit': {
    write: (piece) => (LINE.test(piece) ? `${piece}\r\n` : ''),
    next: ({ rows }, random) => ({ rows, columns: 10 + random(30) }),
  },
};

for (const [name, { start = '', after = AFTER, write, next }] of Object.entries(KINDS)) {
  test(`changes of size between pieces, cut at any byte: ${name}`, async () => {
    const first = Number(process.env.SEED ?? 1);
    for (let seed = first; seed < first + Number(process.env.CASES ?? 60); seed++) {
      const random = makeRandom(seed);
      const changes: Change[] = [];
      let size = { rows: 8, columns: 20 };
      let text = start;
      for (let n = 0; n < 60; n++) {
        text += write(makePiece(random));
        if (random(12) !== 0) continue;
        size = next(size, random);
        changes.push({ at: Buffer.byteLength(text), ...size });
        text += after;
      }
      const output = Buffer.from(text);
      await checkCut(output, random(output.length), { rows: 8, columns: 20 }, changes);
    }
  });
}
