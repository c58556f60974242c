/** A file system of a few MB, to be filled, to run out of inodes, and to break, where the product has something of its own. */
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

export class SmallDisk {
  readonly path: string;
  /** Of the directory that it stands for. */
  readonly owner: { readonly uid: number; readonly gid: number };
  private readonly image: string;

  /** Over `path`, with what is there: nobody may have that open. */
  constructor(path: string) {
    this.path = path;
    this.image = `/tmp/small-disk${path.replaceAll('/', '-')}`;
    makeLoopDevices();
    execFileSync('truncate', ['-s', '8M', this.image]);
    execFileSync('mkfs.ext4', ['-q', '-F', '-N', '64', this.image]);
    const { uid, gid, mode } = statSync(path);
    const kept = `${this.image}.kept`;
    execFileSync('cp', ['-a', path, kept]);
    this.mount();
    execFileSync('cp', ['-a', `${kept}/.`, path]);
    this.owner = { uid, gid };
    chownSync(path, uid, gid);
    execFileSync('chmod', [(mode & 0o7777).toString(8), path]);
    rmSync(kept, { recursive: true });
  }

  fill(): void {
    fillWith(`${this.path}/full`);
  }

  takeInodes(): void {
    mkdirSync(`${this.path}/many`, { recursive: true });
    let number = readdirSync(`${this.path}/many`).length;
    untilNoSpace(() => writeFileSync(`${this.path}/many/${number++}`, ''));
  }

  /** As the kernel does after an error of the disk: nothing can be written any more, whoever has it open. */
  break(): void {
    execFileSync('mount', ['-o', 'remount,abort', this.path], { stdio: 'ignore' });
  }

  /** Room again. */
  mend(): void {
    for (const name of ['full', 'many'])
      rmSync(`${this.path}/${name}`, { recursive: true, force: true });
  }

  unmount(): void {
    execFileSync('umount', [this.path]);
  }

  mount(): void {
    execFileSync('mount', ['-o', 'loop', this.image, this.path]);
  }
}

/** A file that takes all the room of its file system, to the last byte. */
export function fillWith(path: string): void {
  const file = openSync(path, 'w');
  for (const size of [65_536, 1024, 1]) untilNoSpace(() => writeSync(file, Buffer.alloc(size)));
  closeSync(file);
}

function untilNoSpace(write: () => void): void {
  for (;;) {
    try {
      write();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
      throw error;
    }
  }
}

/** The sandbox has a /dev of its own. */
function makeLoopDevices(): void {
  const make = (name: string, ...kind: string[]) => {
    try {
      execFileSync('mknod', [`/dev/${name}`, ...kind], { stdio: 'ignore' });
    } catch {
      // it is there
    }
  };
  make('loop-control', 'c', '10', '237');
  for (let number = 0; number < 32; number++) make(`loop${number}`, 'b', '7', String(number));
}
