/** Runs every example of a page of docs/admin as it stands there: files are written, commands run, output compared. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';

interface Block {
  readonly line: number;
  readonly info: string;
  readonly text: string;
}
/** A command that an administrator types at root's prompt, with the lines to be seen, in order. … is any text. */
interface Command {
  readonly line: number;
  readonly command: string;
  readonly shown: readonly string[];
}

/** password: what is typed when something asks. */
export async function runExamples(page: string, password: string): Promise<number> {
  makeCommands();
  const blocks = readBlocks(readFileSync(page, 'utf8'));
  let count = 0;
  for (const block of blocks) {
    const [kind, path = ''] = block.info.split(' ');
    if (kind === 'file') writeExample(path, block.text);
    else if (kind === 'console')
      for (const command of readCommands(block)) {
        await runCommand(page, command, password);
        count++;
      }
    else assert.fail(`${page}:${block.line}: wanted 'file PATH' or 'console', got '${block.info}'`);
  }
  return count;
}

/** The files of a part of a page, without its commands. */
export function writeExamples(part: string): void {
  for (const { info, text: content } of readBlocks(part)) {
    const [kind, path = ''] = info.split(' ');
    if (kind === 'file') writeExample(path, content);
  }
}

function readBlocks(page: string): Block[] {
  const lines = page.split('\n');
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; start++) {
    const info = /^```(.*)$/.exec(lines[start]!)?.[1];
    if (info === undefined) continue;
    const end = lines.indexOf('```', start + 1);
    blocks.push({ line: start + 1, info, text: lines.slice(start + 1, end).join('\n') });
    start = end;
  }
  return blocks;
}

function readCommands({ text: block, line }: Block): Command[] {
  const commands: { line: number; command: string; shown: string[] }[] = [];
  for (const [index, shown] of block.split('\n').entries()) {
    if (shown.startsWith('# ')) {
      commands.push({ line: line + index + 1, command: shown.slice(2), shown: [] });
    } else commands.at(-1)!.shown.push(shown);
  }
  return commands;
}

/** Secrets and programs have the modes that their readers demand. */
function writeExample(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const mode = path.endsWith('sssd.conf') ? 0o600 : content.startsWith('#!') ? 0o755 : 0o644;
  writeFileSync(path, `${content}\n`, { mode });
}

/** What shows nothing must succeed. */
async function runCommand(page: string, wish: Command, password: string): Promise<void> {
  const child = spawn('bash', ['-c', wish.command]);
  child.stdin.on('error', () => {}).end(`${password}\n`.repeat(4));
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  const where = `${page}:${wish.line}: ${wish.command}\n${out}${err}`;
  if (wish.shown.length === 0) assert.equal(status, 0, where);
  // Questions stand in the errors: on a terminal what is typed ends their line.
  const came = [...out.split('\n'), ...err.split('\n')];
  for (const shown of wish.shown) {
    const pattern = new RegExp(`^${shown.split('…').map(literally).join('.*')}$`);
    const index = came.findIndex((line) => pattern.test(line));
    assert.notEqual(index, -1, `wanted '${shown}' of ${where}`);
    came.splice(0, index + 1);
  }
}

function literally(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `vestibule` of this work tree; the part of systemctl that starts a service where there is no systemd. */
function makeCommands(): void {
  const main = `${process.cwd()}/src/cli/main.ts`;
  const programs = {
    vestibule: `exec ${process.execPath} ${main} "$@"`,
    systemctl: `[ "$1" = restart ] && exec /run/services/"$2"`,
  };
  for (const [name, script] of Object.entries(programs))
    writeExample(`/usr/local/bin/${name}`, `#!/bin/sh\n${script}`);
}

/** A program in the place of a unit of systemd. */
export function makeService(name: string, script: string): void {
  writeExample(`/run/services/${name}`, `#!/bin/sh\n${script}`);
}
