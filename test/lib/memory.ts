/** Looks for a secret in the memory of other processes (proc(5): maps, mem), in the shapes that copies of it take. */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const PAGE = Number(execFileSync('getconf', ['PAGESIZE']));
/** Bits 63 and 62 of an entry of pagemap (Documentation/admin-guide/mm/pagemap.rst), in its last byte. */
const PRESENT_OR_SWAPPED = 0x40;

/** Halves count too: what was partly overwritten is still a leak. */
export function shapesOf(secret: string): ReadonlyMap<string, Buffer> {
  const half = Math.floor(secret.length / 2);
  const shapes = new Map<string, Buffer>();
  for (const [part, text] of [
    ['first half', secret.slice(0, half)],
    ['second half', secret.slice(half)],
  ] as const) {
    shapes.set(`${part}, plain`, Buffer.from(text));
    shapes.set(`${part}, UTF-16LE`, Buffer.from(text, 'utf16le'));
  }
  // Wherever it stands in what was encoded, one of three alignments; the characters at the edges depend on others.
  for (const before of [0, 1, 2]) {
    const text = Buffer.from(`${'\0'.repeat(before)}${secret}`).toString('base64');
    const whole = text.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1, -2);
    shapes.set(`base64, alignment ${before}`, Buffer.from(whole));
  }
  return shapes;
}

/** Where each shape was found, as "SHAPE in REGION"; bytes: how much was there to read. */
export function scanProcess(
  pid: number,
  shapes: ReadonlyMap<string, Buffer>,
): { readonly found: readonly string[]; readonly bytes: number } {
  const found: string[] = [];
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const pages = openSync(`/proc/${pid}/pagemap`, 'r');
  let bytes = 0;
  for (const { from, to, name } of readableRegions(pid)) {
    for (const [start, end] of presentRuns(pages, from, to)) {
      const run = readAt(memory, start, end - start);
      bytes += run.length;
      for (const [shape, needle] of shapes) {
        if (run.includes(needle)) found.push(`${shape} in ${name}`);
      }
    }
  }
  closeSync(pages);
  closeSync(memory);
  return { found, bytes };
}

function readableRegions(pid: number): { from: number; to: number; name: string }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, from, to, flags, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(
        line,
      )!;
      // The kernel's own pages cannot be read this way.
      if (flags![0] !== 'r' || /^\[v(var|syscall|var_vclock)\]$/.test(name!)) return [];
      return [{ from: Number.parseInt(from!, 16), to: Number.parseInt(to!, 16), name: name! }];
    });
}

/** What of a region is in memory or swapped out; the rest is zeros, or a file as it lies on the disk. */
function presentRuns(pages: number, from: number, to: number): [number, number][] {
  const entries = Buffer.alloc(((to - from) / PAGE) * 8);
  readSync(pages, entries, 0, entries.length, (from / PAGE) * 8);
  const runs: [number, number][] = [];
  for (let at = from; at < to; at += PAGE) {
    const present = entries[((at - from) / PAGE) * 8 + 7]! >= PRESENT_OR_SWAPPED;
    const last = runs.at(-1);
    if (present && last?.[1] === at) last[1] = at + PAGE;
    else if (present) runs.push([at, at + PAGE]);
  }
  return runs;
}

/** What is gone by now is empty. */
function readAt(memory: number, at: number, size: number): Buffer {
  const run = Buffer.allocUnsafe(size);
  let have = 0;
  try {
    while (have < size) {
      const count = readSync(memory, run, have, size - have, at + have);
      if (count === 0) break;
      have += count;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EIO' && code !== 'EFAULT' && code !== 'ENOMEM') throw error;
  }
  return run.subarray(0, have);
}
