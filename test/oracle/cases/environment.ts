import { writeFileSync } from 'node:fs';
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
      writeFileSync(
        ENV_FILE,
        'ORACLE_FILE=from-envfile\nLANG=de_DE.UTF-8\nPATH=/opt/bin:/usr/bin:/bin\n',
      );
      writeFileSync(
        ENV_CONF,
        'ORACLE_HOME DEFAULT=@{HOME}/work\nORACLE_SHELL DEFAULT=@{SHELL}\nORACLE_RHOST DEFAULT=@{PAM_RHOST}\n',
      );
    },
    shows: {
      'environment ORACLE_SITE': 'a site',
      'environment ORACLE_EXPORTED': 'yes',
      'environment ORACLE_FILE': 'from-envfile',
      'environment LANG': 'de_DE.UTF-8',
      'environment ORACLE_HOME': /^\/home\/.*\/work$/,
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
      const rest = ['soft stack 4096', 'hard as 8388608', '- priority 5'];
      writeFileSync(LIMITS, [...lines, ...rest].map((line) => `${name} ${line}\n`).join(''));
    },
    shows: {
      'limit nofile': '4321 soft, 4321 hard',
      'limit nproc': '321 soft, 654 hard',
      'limit core': '0 soft, 0 hard',
      nice: '5',
    },
  },
];
