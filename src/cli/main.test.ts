import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vestibule-main-'));
after(() => rmSync(folder, { recursive: true }));

/** Logs what each process loads; the reader gets the options of its command. */
const NOTE = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const who = process.argv.includes('--answer-reading') ? 'reader' : 'command';
const load = (url, context, next) => {
  appendFileSync(${JSON.stringify(folder)} + '/' + who, url + '\\n');
  return next(url, context);
};
registerHooks({ load });
`;

test('a command and its reader load what they need, and nothing of the other', () => {
  const note = join(folder, 'note.mjs');
  writeFileSync(note, NOTE);
  const argv = ['--import', note, MAIN, 'pam', 'explain', 'other'];
  assert.equal(spawnSync(process.execPath, argv).status, 0);
  const [command, reader] = ['command', 'reader'].map((who) =>
    readFileSync(join(folder, who), 'utf8'),
  );
  assert.match(command!, /commander/);
  assert.doesNotMatch(command!, /@noble|pam-profile\/explain/);
  assert.match(reader!, /pam-profile\/explain/);
  assert.doesNotMatch(reader!, /@noble|commander/);
});

/** reader: shell words for the redirection and the program that reads the output. */
function pipeTo(reader: string, ...args: string[]) {
  const script = `"$@" ${reader}; echo "\${PIPESTATUS[0]}"`;
  const argv = ['-c', script, 'sh', process.execPath, MAIN, ...args];
  const { stdout, stderr } = spawnSync('bash', argv, { encoding: 'utf8' });
  return { status: stdout.trimEnd().split('\n').at(-1), stderr };
}

test('a command whose output nobody takes ends quietly, with the status of SIGPIPE', () => {
  mkdirSync(join(folder, 'etc/pam.d'), { recursive: true });
  // Longer than the capacity of a pipe, for a reader that reads only a part.
  writeFileSync(join(folder, 'etc/pam.d/long'), 'auth required pam_unix.so\n'.repeat(2000));
  const long = ['pam', 'explain', 'long', '--root', folder];
  for (const [reader, ...args] of [
    ['| :', ...long],
    ['| head -3', ...long],
    ['| :', '--help'],
    // Only stderr goes to the reader.
    ['2>&1 >/dev/null | :', 'no-such-command'],
  ] as const)
    assert.deepEqual(pipeTo(reader, ...args), { status: '141', stderr: '' }, `${args} ${reader}`);
});

test('run whose messages nobody takes keeps its own status', () => {
  assert.deepEqual(pipeTo('2>&1 >/dev/null | :', 'run'), { status: '125', stderr: '' });
});

test('output that cannot be written is one line, and a failure', () => {
  const { status, stderr } = pipeTo('>/dev/full', 'config', 'show');
  assert.equal(status, '1');
  assert.equal(stderr, 'vestibule: wanted to write the output, got ENOSPC\n');
});
