/** utmp(5): struct utmp has 384 bytes; type at 0, line at 8, user at 44. */
const SIZE = 384;
const USER_PROCESS = 7;

export interface UtmpRow {
  readonly at: number;
  readonly size: number;
  readonly user: string;
  readonly line: string;
}

/** Everybody who is signed in. */
export function listUtmp(file: Buffer): readonly UtmpRow[] {
  const text = (at: number): string => file.toString('latin1', at, at + 32).replace(/\0.*$/s, '');
  const rows: UtmpRow[] = [];
  for (let at = 0; at + SIZE <= file.length; at += SIZE) {
    if (file.readInt16LE(at) === USER_PROCESS) {
      rows.push({ at, size: SIZE, user: text(at + 44), line: text(at + 8) });
    }
  }
  return rows;
}

/** One row more. */
export function makeUtmpRow(user: string, line: string): Buffer {
  const row = Buffer.alloc(SIZE);
  row.writeInt16LE(USER_PROCESS);
  row.write(line, 8);
  row.write(user, 44);
  return row;
}
