/** Modules that set what a process inherits: variables, limits, masks. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';
import { ORACLE } from '../machine.ts';

const ENV_FILE = `${ORACLE}/environment`;
const ENV_CONF = `${ORACLE}/pam_env.conf`;
const LIMITS = `${ORACLE}/limits.conf`;

export const environmentCases: readonly Case[] = [
  {
    name: 'pam_env',
    stack: stackOf({
      session: [
        'required pam_env.so readenv=1',
        `required pam_env.so readenv=1 envfile=${ENV_FILE}`,
        `required pam_env.so conffile=${ENV_CONF} readenv=0`,
      ],
    }),
    prepare: () => {
      writeFileSync('/etc/environment', 'ORACLE_SITE="a site"\nexport ORACLE_EXPORTED=yes\n');
      const lines = ['ORACLE_FILE=from-envfile', 'LANG=de_DE.UTF-8', 'PATH=/opt/bin:/usr/bin:/bin'];
      writeFileSync(ENV_FILE, lines.map((line) => `${line}\n`).join(''));
      const items = ['HOME', 'SHELL', 'PAM_RHOST', 'PAM_USER'];
      writeFileSync(
        ENV_CONF,
        items.map((item) => `ORACLE_${item} DEFAULT=[@{${item}}]\n`).join(''),
      );
    },
    shows: {
      'environment ORACLE_SITE': 'a site',
      'environment ORACLE_EXPORTED': 'yes',
      'environment ORACLE_FILE': 'from-envfile',
      'environment LANG': 'de_DE.UTF-8',
      'environment PATH': '/opt/bin:/usr/bin:/bin',
      'environment ORACLE_HOME': '[/home/o-pam-env]',
      'environment ORACLE_SHELL': '[/usr/local/bin/session-dump]',
      'environment ORACLE_PAM_RHOST': /^\[(127\.0\.0\.1)?\]$/,
    },
  },
  {
    name: 'pam_limits',
    stack: stackOf({ session: [`required pam_limits.so conf=${LIMITS}`] }),
    prepare: ({ name }) => {
      const lines = [
        '- nofile 4321',
        'soft nproc 321',
        'hard nproc 654',
        '- core 0',
        '- memlock 4096',
      ];
      const rest = ['soft stack 4096', 'hard as 8388608', '- priority 5', '- nonewprivs 1'];
      writeFileSync(LIMITS, [...lines, ...rest].map((line) => `${name} ${line}\n`).join(''));
    },
    shows: {
      'limit nofile': '4321 soft, 4321 hard',
      'limit nproc': '321 soft, 654 hard',
      'limit core': '0 soft, 0 hard',
      'limit memlock': '4194304 soft, 4194304 hard',
      'limit stack': /^4194304 soft, /,
      'limit as': '8589934592 soft, 8589934592 hard',
      nice: '5',
      no_new_privs: '1',
    },
  },
  {
    name: 'pam_umask by its argument',
    stack: stackOf({ session: ['required pam_umask.so umask=0027'] }),
    shows: { umask: '0027' },
  },
  {
    name: 'pam_umask by GECOS',
    stack: stackOf({ session: ['required pam_umask.so'] }),
    prepare: ({ name }) =>
      void execFileSync('usermod', ['--comment', 'A Person,,,,umask=0037,pri=3', name]),
    shows: { umask: '0037', nice: '3' },
  },
  {
    name: 'login.defs: UMASK by pam_umask, ENV_PATH',
    stack: stackOf({ session: ['required pam_umask.so'] }),
    reset: () => setLoginDefs({ UMASK: '026', ENV_PATH: 'PATH=/opt/site/bin:/usr/bin:/bin' }),
    restore: () => setLoginDefs({ UMASK: '022', ENV_PATH: `PATH=${DEFAULT_PATH}` }),
    shows: { umask: '0026' },
  },
];

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games';

function setLoginDefs(values: Readonly<Record<string, string>>): void {
  let text = readFileSync('/etc/login.defs', 'utf8');
  for (const [name, value] of Object.entries(values)) {
    text = text.replace(new RegExp(`^${name}\\s.*$`, 'm'), `${name}\t${value}`);
  }
  writeFileSync('/etc/login.defs', text);
}
