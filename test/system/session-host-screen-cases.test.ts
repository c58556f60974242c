/** What session-host kept of a terminal's screen in another way than xterm.js shows it: each found once, and reduced. */
import test from 'node:test';
import { type Change, checkCut } from '../lib/screen-cut.ts';

const SIZE = { rows: 8, columns: 20 };
const LINK = '\x1b]8;;http://one/\x07';
const UNLINK = '\x1b]8;;\x07';

/** Output before the cut, output after it, and changes of size. */
const CASES: Record<string, readonly [string, string?, (readonly Change[])?]> = {
  'a link': [`${LINK}one${UNLINK} two`],
  'a link that is open': [LINK, 'one'],
  'one link in two places': [`${LINK}one\x1b[5Htwo${UNLINK}`],
  'two links to one address': [`${LINK}one${LINK}two${UNLINK}`],
  'a link by its id': [
    `\x1b]8;x=y:id=a;http://one/\x1b\\one${UNLINK}`,
    '\x1b]8;id=a;http://one/\x07two',
  ],
  'a cursor saved in a link': [`${LINK}\x1b7`, '\x1b8one'],
  'a cursor saved outside, restored in a link, saved again': [`${LINK}\x1b8\x1b[?1048h`],
  'a line filled before a link that does not show': [`${LINK}\x1b8${'x'.repeat(20)}\x1b[9m`],
  'a link that is reset': [`${LINK}one\x1b[mtwo\x1b[!p`, 'three'],
  'the last of thousands of links': [`${LINK}x\r`.repeat(3000), 'y'],
  'a link right after the places of others were given back': [`${LINK}x\r`.repeat(2100), 'y'],
  'a curly underline, and one of another colour': ['\x1b[4:3mone\x1b[58:5:9mtwo\x1b[4;59mthree'],
  'an underline that restoring the cursor brings back without its style': [
    '\x1b[4m\x1b7\x1b[m\x1b8one',
    'two',
  ],
  'a style without an underline, in a link that ends': [
    '\x1b[0;4:3m\x1b[?1048l\x1b]8;id=a;http://one/\x1b\\',
    '\x1b]8;;\x1b\\',
  ],
  'an underlined screen of E': ['\x1b[4m\x1b#8'],
  'a national character set': ['\x1b(K', '[\\]{|}~'],
  'a character set that is none': ['\x1b(0\x1b(U', 'lqk'],
  'a character set that restoring the cursor brings back': ['\x1b(0\x1b7\x1b(B\x1b8', 'lqk\x0flqk'],
  'a character that would be another one in its own set': ['\x1b(4]', '\u0301'],
  'a full line, and another character set': [`${'x'.repeat(20)}\x1b)0\x0e`, 'q'],
  'what joins a character in insert mode': ['\x1b[4h\x1b[2Gab\x1b[2Ge', '\u0301'],
  'the rest of a line that is too short for a wide character': [`\x1b[7m${'x'.repeat(19)}日`],
  'the first half of a wide character that is cut': ['日\b\x1b[4:3mx'],
  'the second half, in the last column': ['\x1b[19G日\x1b[19G\x1b[7mx\x1b[2Gy'],
  'a title by a longer number': ['\x1b]02;title\x07'],
  'tab stops go on from the last one in a wider screen': [
    '\x1b[?1049h\x1b[20G\x1bHx',
    '\r\t\t\t\t\tx',
    [{ at: 15, rows: 8, columns: 40 }],
  ],
  'a saved cursor below a lower screen that grows again': [
    '\x1b[8H\x1b7\x1b[H  ',
    '\x1b8x',
    [
      { at: 10, ...SIZE, rows: 4 },
      { at: 11, ...SIZE },
    ],
  ],
  'a mark alone in the first cell of a line that goes on': [`${'x'.repeat(21)}\x1b[2;1H\u0301`],
  'a full line whose last character no mark joins any more': [`${'x'.repeat(20)}\x1b[m`, '\u0301'],
  ...makeRepeats(),
};

/**
 * REP: in insert mode and not, from the start and the end of a line, over wide characters, with any count. Not a wide one
 * without wrapping: what xterm.js then shows depends on how its input is cut.
 */
function makeRepeats(): Record<string, readonly [string]> {
  const texts = { a: 'a', 日: '日', 'a with a mark': 'a\u0301\u0302' };
  const modes = { none: '', insert: '\x1b[4h', 'no wrap': '\x1b[?7l', both: '\x1b[4h\x1b[?7l' };
  const screens = {
    'wide characters': `${'日本語'.repeat(26)}\x1b[3;5H`,
    'the end of a line': `${'x日'.repeat(53)}\x1b[3;19H`,
    'a region': `\x1b[44m${'x日'.repeat(50)}\x1b[2;5r\x1b[4;2H`,
    'below a region': `${'日x'.repeat(50)}\x1b[2;5r\x1b[7;2H`,
  };
  const found: Record<string, readonly [string]> = {};
  for (const [what, text] of Object.entries(texts))
    for (const [mode, sequence] of Object.entries(modes))
      for (const [where, screen] of Object.entries(screens))
        for (const count of text === '日' && sequence.includes('?7l') ? [] : [0, 1, 7, 41, 65536])
          found[`${what} repeated ${count} times in ${where}, mode ${mode}`] = [
            `${screen}${sequence}\x1b[7m${text}\x1b[${count}b`,
          ];
  return found;
}

for (const [name, [before, after = '', changes = []]] of Object.entries(CASES)) {
  test(name, async () => {
    const cut = Buffer.byteLength(before);
    await checkCut(Buffer.from(before + after), cut, SIZE, changes);
  });
}
