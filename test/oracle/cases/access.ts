/** Modules that judge who gets in, when, and from where: what is compared is the outcome and what PAM says. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';
import { ORACLE, SHELL } from '../machine.ts';

const ACCESS = `${ORACLE}/access`;
const access = (name: string): string => `required pam_access.so accessfile=${ACCESS}-${name}`;
const TALLY = `${ORACLE}/faillock`;
const FAILLOCK = `pam_faillock.so dir=${TALLY} deny=2 unlock_time=600`;

export const accessCases: readonly Case[] = [
  {
    name: 'pam_access, refused',
    stack: stackOf({ account: [access('refused')] }),
    prepare: ({ name }) => writeFileSync(`${ACCESS}-refused`, `-:${name}:ALL\n`),
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_access, by the terminal or the address',
    stack: stackOf({ account: [access('origin')] }),
    prepare: ({ name }) =>
      writeFileSync(`${ACCESS}-origin`, `+:${name}:LOCAL 127.0.0.0/8\n-:ALL:ALL\n`),
    shows: { outcome: 'let in' },
  },
  {
    name: 'pam_access, not from this address',
    stack: stackOf({ account: [access('address')] }),
    prepare: ({ name }) => writeFileSync(`${ACCESS}-address`, `-:${name}:127.0.0.1\n+:ALL:ALL\n`),
    lacking: 'su',
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_time, not now',
    stack: stackOf({ account: [`required pam_time.so conffile=${ORACLE}/time.conf`] }),
    prepare: ({ name }) => writeTime(name, '!Al0000-2400'),
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_nologin',
    stack: stackOf({ account: [`required pam_nologin.so file=${ORACLE}/nologin`] }),
    prepare: () => writeFileSync(`${ORACLE}/nologin`, 'Down for maintenance until noon.\n'),
    shows: { outcome: 'refused', 'PAM says': /Down for maintenance until noon\./ },
  },
  {
    name: 'pam_listfile',
    stack: stackOf({
      account: [`required pam_listfile.so item=user sense=deny onerr=fail file=${ORACLE}/denied`],
    }),
    prepare: ({ name }) => writeFileSync(`${ORACLE}/denied`, `${name}\n`),
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_succeed_if',
    stack: stackOf({ account: ['required pam_succeed_if.so user ingroup no-such-group'] }),
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_shells',
    stack: stackOf({ account: ['required pam_shells.so'] }),
    reset: () => withoutShell(SHELL),
    restore: () => appendFileSync('/etc/shells', `${SHELL}\n`),
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_limits, maxlogins reached',
    stack: stackOf({ session: [`required pam_limits.so conf=${ORACLE}/maxlogins.conf`] }),
    prepare: ({ name }) => writeFileSync(`${ORACLE}/maxlogins.conf`, `${name} - maxlogins 1\n`),
    reset: ({ name }) => writeFileSync('/run/utmp', utmpRow(name)),
    restore: () => writeFileSync('/run/utmp', ''),
    shows: { outcome: 'refused', 'PAM says': /too many logins/i },
  },
  {
    name: 'pam_faillock',
    stack: stackOf({
      identify: [
        `required ${FAILLOCK} preauth`,
        'sufficient pam_unix.so nodelay',
        `[default=die] ${FAILLOCK} authfail`,
      ],
      account: [`required ${FAILLOCK}`],
    }),
    prepare: () => {
      const fail = [`auth required ${FAILLOCK} preauth`, `auth [default=die] ${FAILLOCK} authfail`];
      writeFileSync('/etc/pam.d/oracle-fail', `${fail.join('\n')}\n`);
    },
    reset: ({ name }) => {
      rmSync(`${TALLY}/${name}`, { force: true });
      for (let i = 0; i < 2; i++) failOnce(name);
    },
    answers: ({ password }) => [password],
    shows: { outcome: 'refused', 'PAM says': /locked due to 2 failed logins/ },
  },
  {
    name: 'pam_faillock, a good sign-in in time',
    stack: stackOf({
      identify: [
        `required ${FAILLOCK} preauth`,
        'sufficient pam_unix.so nodelay',
        `[default=die] ${FAILLOCK} authfail`,
      ],
      account: [`required ${FAILLOCK}`],
    }),
    reset: ({ name }) => {
      rmSync(`${TALLY}/${name}`, { force: true });
      failOnce(name);
    },
    answers: ({ password }) => [password],
    during: ({ name }) => new Map([['failures kept', String(failuresOf(name))]]),
    shows: { outcome: 'let in', 'failures kept': '0' },
  },
  {
    name: 'pam_faildelay, a wrong password',
    stack: stackOf({
      identify: ['optional pam_faildelay.so delay=1000000', 'required pam_unix.so nodelay'],
    }),
    answers: () => ['not the password'],
    timed: 500,
    shows: { outcome: 'refused', 'waited 0.5 s': 'yes' },
  },
  {
    name: 'pam_unix, an expired account',
    stack: stackOf({}),
    prepare: ({ name }) => void execFileSync('chage', ['-E', '0', name]),
    answers: ({ password }) => [password],
    shows: { outcome: 'refused', 'PAM says': /Your account has expired/ },
  },
  {
    name: 'pam_unix, an expired password',
    stack: [...stackOf({}), 'password required pam_unix.so yescrypt'],
    reset: ({ name, password }) => {
      execFileSync('chpasswd', { input: `${name}:${password}\n` });
      execFileSync('chage', ['-d', '0', name]);
    },
    answers: ({ password }) => [password, password, `${password}-new`, `${password}-new`],
    shows: { outcome: 'let in' },
  },
];

function withoutShell(shell: string): void {
  const lines = readFileSync('/etc/shells', 'utf8').split('\n');
  writeFileSync('/etc/shells', lines.filter((line) => line !== shell).join('\n'));
}

/** Somebody who is logged in, as utmp(5) has it. */
function utmpRow(name: string): Buffer {
  const row = Buffer.alloc(384);
  row.writeInt16LE(7, 0); // USER_PROCESS
  row.writeInt32LE(process.pid, 4);
  row.write('pts/99', 8);
  row.write('t/99', 40);
  row.write(name, 44);
  return row;
}

function writeTime(name: string, when: string): void {
  writeFileSync(`${ORACLE}/time.conf`, `*;*;${name};${when}\n`);
}

/** One failure in the tally, as of a wrong password. */
function failOnce(name: string): void {
  try {
    execFileSync('pamtester', ['oracle-fail', name, 'authenticate'], { stdio: 'ignore' });
  } catch {
    // that is what it is for
  }
}

function failuresOf(name: string): number {
  const listed = execFileSync('faillock', ['--dir', TALLY, '--user', name], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => /\sV$/.test(line)).length;
}
