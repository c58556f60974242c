/** What the page says, and what the audit keeps, of modules that ask much, say much, or nothing at all. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { texts } from '../../src/page/texts.ts';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { makeAccount } from '../lib/accounts.ts';
import {
  assertRefused,
  assertSignedIn,
  DEBIAN,
  describeSeen,
  Outcomes,
  SIDE_BY_SIDE,
  unix,
  writeProbe,
} from '../lib/outcomes.ts';
import { unpackPackages } from '../lib/packages.ts';

const FAKE = resolve('build/test-c/pam_fake.so');
const WRONG = PROBLEMS['sign-in-failed'].text;

let outcomes: Outcomes;
before(async () => {
  unpackPackages();
  execFileSync('make', ['-s', 'fakes']);
  const motd = 'session optional pam_motd.so noupdate motd=/run/probe/session-motd';
  // docs/admin/pam-profiles.md: the home session is no login.
  const skip = 'session [success=1 default=ignore] pam_succeed_if.so quiet tty = vestibule';
  const lines = [motd, skip, 'session optional pam_lastlog.so'];
  execFileSync('sed', ['-i', `$a${lines.join('\\n')}`, '/etc/pam.d/su']);
  outcomes = await Outcomes.start();
});
after(() => outcomes?.stop());

describe('modules', { concurrency: SIDE_BY_SIDE }, () => {
  test('libpam-oath: a second prompt; a wrong code and one that was used are refused', async (t) => {
    const olga = makeAccount('olga');
    const secret = '3132333435363738393031323334353637383930';
    const file = writeProbe('oath', `HOTP/T30/6 olga - ${secret}\n`, 0o600);
    const profile = [
      'auth requisite pam_unix.so nodelay',
      `auth requisite pam_oath.so usersfile=${file} window=2 digits=6`,
      'account required pam_unix.so',
    ];
    const makeCode = () =>
      execFileSync('oathtool', ['--totp', secret], { encoding: 'utf8' }).trim();
    let code = '';
    for (const kind of ['wrong', 'right', 'used'] as const) {
      const attempt = await outcomes.begin({ profile, user: olga.name, password: olga.password });
      // Not before it is asked for: others have their turn until then, and it is of its time.
      if (kind !== 'used') code = makeCode();
      const wrong = code === '000000' ? '000001' : '000000';
      const typed = kind === 'wrong' ? wrong : code;
      await attempt.answer({ "One-time password (OATH) for `olga'": typed });
      const seen = await attempt.end();
      t.diagnostic(describeSeen(seen));
      if (kind === 'right') assertSignedIn(seen, olga);
      else assertRefused(seen, 'sign-in-failed', olga.name, WRONG);
    }
  });

  test('libpam-google-authenticator: a second prompt', async (t) => {
    const greta = makeAccount('greta');
    const make =
      'google-authenticator -t -f -d -q -r 3 -R 30 -w 3 && head -1 ~/.google_authenticator';
    const secret = execFileSync('su', ['-', greta.name, '-c', make], { encoding: 'utf8' });
    const attempt = await outcomes.begin({
      profile: unix().toSpliced(1, 0, 'auth required pam_google_authenticator.so'),
      user: greta.name,
      password: greta.password,
    });
    const code = execFileSync('oathtool', ['--totp', '-b', secret.trim().split('\n').at(-1)!], {
      encoding: 'utf8',
    });
    await attempt.answer({ 'Verification code': code.trim() });
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, greta);
  });

  test('a module with twenty questions: all at once', async (t) => {
    const tom = makeAccount('tom');
    const attempt = await outcomes.begin({
      profile: unix().toSpliced(1, 0, `auth required ${FAKE} auth=ask:20`),
      user: tom.name,
      password: tom.password,
    });
    await attempt.expectMessage('20 questions');
    const answers = Array.from({ length: 20 }, (_, i) => [`question ${i}`, `answer-${i}`] as const);
    await attempt.answer(Object.fromEntries(answers));
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, tom);
  });

  test('a push with a number to match: it is seen while the module waits, and for how long it will', async (t) => {
    const { name: user, password, uid } = makeAccount('petra');
    execFileSync('mkfifo', ['/run/probe/pushed']);
    const script = '#!/bin/sh\necho enter 42\nread -r went </run/probe/pushed\n[ "$went" = yes ]\n';
    const attempt = await outcomes.begin({
      profile: [
        'auth required pam_unix.so',
        `auth required pam_exec.so quiet stdout ${writeProbe('push', script, 0o755)}`,
        'account required pam_unix.so',
      ],
      // For modules that work, not for those that wait for a person.
      configuration: ['auth-pam-timeout-seconds=1'],
      user,
      password,
    });
    await attempt.expectMessage('enter 42');
    await attempt.page.getByText(texts.signIn.waits).waitFor();
    // Past the second, and past the first answer that says that it waits.
    await attempt.page
      .getByRole('timer')
      .filter({ hasText: /1:5[0-4]|1:4\d/ })
      .waitFor();
    await attempt.expectMessage('enter 42');
    writeFileSync('/run/probe/pushed', 'yes\n');
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, { name: user, uid });
  });

  test('a push that is taken back by the person ends there', async () => {
    const { name: user, password } = makeAccount('pia');
    const attempt = await outcomes.begin({
      profile: unix().toSpliced(1, 0, `auth required ${FAKE} auth=hang`),
      user,
      password,
    });
    await attempt.page.getByRole('timer').waitFor();
    await attempt.page.getByRole('button', { name: texts.signIn.cancel }).click();
    await attempt.page.getByLabel(texts.signIn.user).waitFor();
  });

  test('a module that nobody answers: told as such after auth-person-timeout-seconds', async (t) => {
    const { name: user, password } = makeAccount('harry');
    const seen = await outcomes.see({
      profile: unix().toSpliced(1, 0, `auth required ${FAKE} auth=hang`),
      configuration: ['auth-person-timeout-seconds=2'],
      user,
      password,
    });
    t.diagnostic(describeSeen(seen));
    assertRefused(seen, 'sign-in-timeout', user);
    assert.match(seen.row.detail, /auth-person-timeout-seconds/);
  });

  test('an account that pam_exec makes: the first sign-in works', async (t) => {
    const script = writeProbe(
      'provision',
      '#!/bin/sh\n[ "$(tr -d "\\0")" = "Pw-of-nina 1" ] && /usr/sbin/useradd -K UID_MAX=65000 -u 64321 "$PAM_USER"\n',
      0o755,
    );
    const profile = [
      // A script's failure alone would be PAM_SYSTEM_ERR, which is no verdict.
      `auth [success=1 default=ignore] pam_exec.so quiet expose_authtok ${script}`,
      'auth requisite pam_deny.so',
      'auth required pam_permit.so',
      'account required pam_unix.so',
    ];
    const wrong = await outcomes.see({ profile, user: 'nina', password: 'not the password' });
    t.diagnostic(describeSeen(wrong));
    assertRefused(wrong, 'sign-in-failed', 'nina');
    const seen = await outcomes.see({ profile, user: 'nina', password: 'Pw-of-nina 1' });
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, { name: 'nina', uid: 64_321 });
  });

  test('message of the day and last login: of the sign-in on the home page, of the session in its terminal', async (t) => {
    const mona = makeAccount('mona');
    const file = writeProbe('motd', 'Disks are swapped on Friday.\n');
    writeProbe('session-motd', 'Welcome to the machine.\n');
    execFileSync('su', ['-', mona.name, '-c', 'true']);
    const attempt = await outcomes.begin({
      profile: [...DEBIAN, `account optional pam_echo.so file=${file}`],
      user: mona.name,
      password: mona.password,
    });
    const seen = await attempt.end();
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, mona);
    assert.deepEqual(seen.messages, ['Disks are swapped on Friday.']);
    await attempt.startTerminal();
    const screen = await attempt.expectOnScreen(
      /^Welcome to the machine\.$[\s\S]*^Last login: .*$/m,
    );
    t.diagnostic(screen[0]);
    assert.doesNotMatch(screen[0], /Last login: .* on vestibul/);
  });
});
