/** Messages to root are true, complete and on one line; a command that did nothing does not succeed silently. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runWithBroker } from '../../test/fakes/cli-fixture.ts';
import { parseConfiguration } from '../config/load.ts';
import { PROBLEMS } from '../protocol/problems.ts';

/** A machine whose profiles and configuration are in a directory. */
const root = mkdtempSync(join(tmpdir(), 'vestibule-words-'));
after(() => rmSync(root, { recursive: true }));
for (const directory of ['etc/pam.d', 'etc/vestibule'])
  mkdirSync(join(root, directory), { recursive: true });
for (const [file, text] of [
  ['etc/pam.d/in', 'auth required pam_unix.so\naccount required pam_unix.so\n'],
  [
    'etc/pam.d/open',
    'auth sufficient pam_rootok.so\naccount required pam_unix.so\nsession required pam_unix.so\n',
  ],
  ['etc/vestibule/vestibule.conf', 'auth-pam-profile=in\nauth-pam-sessions-profile=open\n'],
] as const)
  writeFileSync(join(root, file), text);

const failed = (code: keyof typeof PROBLEMS) => ({
  ok: {
    sessions: [
      {
        ...{ id: '0'.repeat(32), user: 'ada', name: 'x', kind: 'run', state: 'failed', step: null },
        ...{
          started: 0,
          ended: 0,
          tty: null,
          exitStatus: null,
          lastWords: '',
          activity: null,
          usage: null,
        },
        ...{
          uid: 1,
          pid: 0,
          origin: 'cli',
          address: '',
          pamSession: '',
          conversation: null,
          stuck: null,
        },
        problem: { code, text: PROBLEMS[code].text, reference: '0123456789ab' },
      },
    ],
    next: null,
  },
});
const none = { ok: { tickets: 0 } };

interface Case {
  readonly args: string;
  readonly answer?: object;
  readonly status: number;
  readonly out?: RegExp;
  readonly err?: RegExp;
}
const inRoot = `--root ${root}`;
const cases: readonly Case[] = [
  // A mistyped command: the suggestion is on the same line.
  {
    args: 'stat',
    status: 2,
    err: /unknown command 'stat' \(Did you mean status\?\); see: vestibule --help$/,
  },
  {
    args: 'status --jsom',
    status: 2,
    err: /unknown option '--jsom' \(Did you mean --json\?\); see: vestibule status --help$/,
  },
  {
    args: 'status now',
    status: 2,
    err: /Expected 0 arguments but got 1; see: vestibule status --help$/,
  },
  {
    args: 'run ada id -u',
    status: 125,
    err: /unknown option '-u'; put '--' before a command with options: vestibule run <user> -- <command> \[argument\.\.\.\]; see: vestibule run --help$/,
  },
  {
    args: '--help',
    status: 0,
    out: /^ {2}run \[options\] <user> -- <command> \[argument\.\.\.\] /m,
  },
  // A name that no account has: nothing was done.
  {
    args: 'sign-out no-such-name',
    answer: none,
    status: 1,
    err: /'no-such-name', which no account here has/,
  },
  {
    args: 'sign-out 0',
    answer: none,
    status: 1,
    err: /'0', which no account here has; none ended$/,
  },
  {
    args: 'sign-out -- --help',
    answer: none,
    status: 1,
    err: /'--help', which no account here has/,
  },
  { args: 'sign-out root', answer: none, status: 0, out: /^0 sign-ins of 'root' ended$/ },
  {
    args: 'sign-out gone',
    answer: { ok: { tickets: 2 } },
    status: 0,
    out: /^2 sign-ins of 'gone'/,
  },
  // A profile without --for: its purpose is that of the configuration, or the command asks for it.
  { args: `pam check open ${inRoot}`, status: 0, out: /^no problems$/ },
  { args: `pam check in ${inRoot}`, status: 0, out: /^(?!.*rootok)/ },
  { args: `pam check open --for login ${inRoot}`, status: 1, out: /\[rootok-in-login\]/ },
  {
    args: `pam check other ${inRoot}`,
    status: 2,
    err: /wanted --for login or session or .*'in'.*'open'/,
  },
  // A path is not accepted as the name of a profile.
  {
    args: 'run --profile ../x root -- true',
    status: 125,
    err: /wanted the name of a file in \/etc\/pam\.d, got '\.\.\/x'; name one$/,
  },
  {
    args: 'pam test ../x root setcred',
    status: 2,
    err: /wanted the name of a file in \/etc\/pam\.d, got '\.\.\/x'; name one$/,
  },
  {
    args: 'pam test su\u00a0x root setcred',
    status: 2,
    err: /wanted the name of a file in \/etc\/pam\.d, got 'su\u00a0x'; name one$/,
  },
  // --rhost is checked before a leader is requested.
  {
    args: 'pam test su root setcred --rhost -x',
    status: 2,
    err: /wanted an address or host name, got '-x'; name one$/,
  },
  {
    args: 'pam test su root setcred --rhost x\u00a0y',
    status: 2,
    err: /wanted an address or host name, got 'x\u00a0y'; name one$/,
  },
  // No broker is running: a command that needs none works.
  { args: 'config show', status: 0, out: /^OPTION/ },
  { args: 'status', status: 3, err: /got ENOENT; is it running\? \(npm start\)$/ },
];
for (const { args, answer, status, out, err } of cases) {
  test(`vestibule ${args.replace(root, 'ROOT')}`, async (t) => {
    const come = await runWithBroker(
      t,
      args.split(' '),
      answer === undefined ? null : () => answer,
    );
    assert.equal(come.status, status, come.out + come.err);
    assert.match(come.out.trimEnd(), out ?? /^$/);
    assert.match(come.err.trimEnd(), err ?? /^$/);
    if (err !== undefined) assert.match(come.err, /^vestibule: [^\n]+\n$/);
    assert.doesNotMatch(come.out + come.err, /\\x0a/);
  });
}

test('root is never sent to their administrator', async (t) => {
  for (const code of Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[]) {
    const problem = { problem: { code, text: PROBLEMS[code].text, reference: '0123456789ab' } };
    const ends = [
      await runWithBroker(t, ['active-sessions', '--ended'], () => failed(code)),
      await runWithBroker(t, ['kill-session', '0'.repeat(32)], () => problem),
    ];
    for (const { out, err } of ends) {
      assert.match(out + err, /\(reference 0123456789ab in the log\)\n$/);
      assert.doesNotMatch(out + err, /administrator/i);
    }
  }
});

test('a configuration with a problem still says what its profiles are for', async (t) => {
  const load = () =>
    parseConfiguration([{ name: 'f', data: Buffer.from('www-port=none\nauth-pam-profile=in\n') }]);
  const { status, err } = await runWithBroker(t, ['pam', 'check', 'in', '--root', root], null, {
    load,
  });
  assert.equal(status, 0, err);
});
