import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfiguration, parseConfiguration, problemLine } from './load.ts';
import { OPTION_KEYS, OPTIONS } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-load-'));
after(() => rmSync(folder, { recursive: true }));
const notRoot = process.geteuid?.() !== 0 && 'only root can make a file that is root’s';

function write(name: string, text: string, mode = 0o644): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
function parse(text: string): ReturnType<typeof parseConfiguration> {
  return parseConfiguration([{ name: 'f', data: Buffer.from(text) }]);
}
function lines(text: string): string[] {
  return parse(text).problems.map(problemLine);
}

test('without files every option has its default', () => {
  const { values, origins, problems } = loadConfiguration({ files: [join(folder, 'none')] });
  assert.deepEqual(problems, []);
  for (const key of OPTION_KEYS) {
    assert.equal(origins[key], 'default');
    const value = values[key];
    assert.equal(
      typeof value === 'boolean' ? String(Number(value)) : String(value),
      OPTIONS[key].default,
    );
  }
});

test('values are typed and know their file and line; a later file wins', { skip: notRoot }, () => {
  const first = write('first.conf', '# x\nwww-port=9000\nauth-pam-sessions-enabled=0\n');
  const second = write('second.conf', 'www-port = 9100\n');
  const { values, origins, problems } = loadConfiguration({ files: [first, second] });
  assert.deepEqual(problems, []);
  assert.equal(values['www-port'], 9100);
  assert.equal(values['auth-pam-sessions-enabled'], false);
  assert.deepEqual(origins['www-port'], { file: second, line: 1 });
  assert.deepEqual(origins['auth-pam-sessions-enabled'], { file: first, line: 3 });
});

test('all problems come at once, each with its line', () => {
  assert.deepEqual(lines('www-port=x\n\nwwwport=1\nfoo\nwww-address=::1\nwww-address=::\n'), [
    "f:1: 'www-port' wanted a whole number from 1 to 65535, got 'x'; correct it, or leave the line out for the default, 8787",
    "f:3: wanted the name of an option, got 'wwwport'; 'vestibule config show' lists all (did you mean 'www-port'?)",
    "f:4: wanted key=value, got 'foo'; comments start with #",
    "f:6: 'www-address' is set again, first on line 5; keep one of them",
  ]);
});

test('uid 0 can never be the minimum', () => {
  assert.match(lines('auth-minimum-user-id=0')[0] ?? '', /wanted a whole number from 1 /);
});

test('no option is suggested for a key that resembles none', () => {
  assert.equal(parse('rsession-which-r=/usr/bin/R').problems[0]?.near, undefined);
});

test('a conflict is reported where the later of the two options was set', () => {
  assert.match(
    lines('www-session-port=8787')[0] ?? '',
    /^f:1: 'www-port' and 'www-session-port' wanted two/,
  );
  assert.match(lines('ssl-certificate=/c')[0] ?? '', /^f:1: .* wanted both or neither/);
  assert.match(lines('\nauth-pam-profile=su')[0] ?? '', /^f:2: .* wanted two profiles/);
});

test('an invalid option is not reported as a conflict as well', () => {
  assert.equal(lines('ssl-certificate=c\nssl-certificate-key=/k').length, 1);
});

const bad: Record<string, (file: string) => void> = {
  'that its group can write': (file) => chmodSync(file, 0o664),
  'that everybody can write': (file) => chmodSync(file, 0o646),
  'of another user': (file) => chownSync(file, 61_999, 0),
};
for (const [name, spoil] of Object.entries(bad)) {
  test(`a file ${name} is refused and not read`, { skip: notRoot }, () => {
    const file = write('spoiled.conf', 'www-port=1\n');
    spoil(file);
    const { values, problems } = loadConfiguration({ files: [file] });
    assert.equal(values['www-port'], 8787);
    assert.match(
      problems.map(problemLine).join(),
      /^\S+:1: wanted a file that only root can write, got mode/,
    );
    rmSync(file);
  });
}

test('a directory is refused, a symbolic link to a file of root is followed', {
  skip: notRoot,
}, () => {
  mkdirSync(join(folder, 'folder.conf'));
  const { problems } = loadConfiguration({ files: [join(folder, 'folder.conf')] });
  assert.match(problems[0]?.text ?? '', /wanted a regular file/);
  symlinkSync(write('target.conf', 'www-port=9000\n'), join(folder, 'link.conf'));
  assert.equal(loadConfiguration({ files: [join(folder, 'link.conf')] }).values['www-port'], 9000);
});
