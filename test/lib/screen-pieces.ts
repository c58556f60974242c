/** What programs write to a terminal, or would not in their right mind: pieces of output by chance, the same every time. */
export type Random = (below: number) => number;

/** The same numbers every time. */
export function makeRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const FINALS = '@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu';
const MODES = [
  1, 2, 6, 7, 25, 45, 47, 66, 9, 1000, 1002, 1003, 1004, 1006, 1016, 1047, 1048, 1049, 2004, 2026,
];
const WORDS = [
  ...['a', 'word', ' ', '\r\n', '\n', '\b', '\t', '日本', '👍', 'e\u0301', 'é', '\x0e', '\x0f'],
  ...['x'.repeat(30), '#@[\\]^_', '`{|}~"'],
];
const ESCAPES = ['7', '8', 'D', 'E', 'H', 'M', '=', '>', '[?6l\x1b#8', 'c', 'n', 'o', '~'];
const OTHERS = [
  ...['\x1b[!p', '\x1b[ @', '\x1b[2 A', "\x1b['}", "\x1b[3'~", '\x1b[1"q', '\x1b[?2J', '\x1b[?2K'],
  ...['\x1b[3 q', '\x1b[4h', '\x1b[4l', '\x1bP$qm\x1b\\', '\x1b_x\x1b\\', '\x1b[5;9r'],
];
const LOOKS = [
  ...[
    '0',
    '1',
    '2',
    '3',
    '5',
    '8',
    '9',
    '53',
    '7',
    '27',
    '22',
    '31',
    '42',
    '95',
    '104',
    '39',
    '49',
  ],
  ...['38;5;200', '48;2;1;2;3', '4', '4:0', '4:2', '4:3', '4:5', '4:', '4:9', '21', '24'],
  ...['58:5:9', '58;2;4;5;6', '58:2::7:8:9', '59', '4;58;5;3', '0;4:3'],
];
const ADDRESSES = ['', '', 'http://one/', 'http://two/?a;b', 'file:///日本'];
const IDS = ['', '', 'id=a', 'id=b:x=y', ' x=1:id=a ', 'id='];
const SETS = '0AB4C5RQKYE6ZH7=U%';
const ENDS = ['\x07', '\x1b\\', '\x18'];

/** One piece. */
export function makePiece(random: Random): string {
  const one = <T>(list: ArrayLike<T>): T => list[random(list.length)]!;
  // xterm.js takes long to do a thing 99999 times.
  const number = () =>
    random(100) === 0 ? '99999' : one(['', '0', '1', '2', '3', '5', '8', '12', '40', '999']);
  switch (random(14)) {
    case 0:
      return `\x1b[?${one(MODES)}${one('hl')}`;
    case 1:
    case 2:
      return `\x1b[${one(LOOKS)}m`;
    case 3:
      return `\x1b${one(ESCAPES)}`;
    case 4:
      return `\x1b]${one(['0', '2', '02', '1', '52', '8x'])};${number()}${one(ENDS)}`;
    case 5:
      return `\x1b]8;${one(IDS)};${one(ADDRESSES)}${one(ENDS)}`;
    case 6:
      return one(OTHERS);
    case 7:
      return `\x1b${one('()*+-./')}${one(SETS)}`;
    case 8: {
      const final = one(FINALS);
      const value = final === 'b' ? one(['', '3']) : number();
      return `\x1b[${value}${random(3) === 0 ? `;${number()}` : ''}${final}`;
    }
    default:
      return one(WORDS);
  }
}
