/** Accounts and passwords that come from a directory (sssd before slapd) and from a Kerberos realm: there, away, down. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import type { Account } from '../../lib/accounts.ts';
import {
  runKdc,
  runLdap,
  type Service,
  startKdc,
  startLdap,
  startSssd,
} from '../../lib/directory.ts';
import { until } from '../../lib/product.ts';
import { type Case, stackOf } from '../case.ts';
import type { Items } from '../items.ts';
import { SHELL } from '../machine.ts';

/** Whom only the directory knows. */
const carol: Account = { name: 'o-carol', uid: 62_101, password: 'Pw-of-carol 1' };

const services: Partial<Record<'slapd' | 'sssd' | 'kdc', Service>> = {};

/** Those that are named run afterwards, of the others none. */
async function haveServices(wanted: { slapd?: true; sssd?: true; kdc?: true }): Promise<void> {
  rmSync(`/home/${carol.name}`, { recursive: true, force: true });
  for (const name of ['slapd', 'sssd', 'kdc'] as const) {
    if (wanted[name] === (services[name] !== undefined || undefined)) continue;
    if (services[name] === undefined) {
      services[name] = await { slapd: runLdap, sssd: runSssd, kdc: runKdc }[name]();
    } else {
      await services[name].stop();
      delete services[name];
    }
  }
}

/** Returns when it has asked the directory for carol, of whom it knows nothing before. */
async function runSssd(): Promise<Service> {
  for (const kept of ['db', 'mc']) {
    const directory = `/var/lib/sss/${kept}`;
    for (const file of readdirSync(directory)) rmSync(`${directory}/${file}`, { recursive: true });
  }
  const sssd = await startSssd();
  const answers = () => spawnSync('getent', ['passwd', carol.name]).status === 0;
  await until(answers, 'sssd answers', 60);
  return sssd;
}

export const stopServices = (): Promise<void> => haveServices({});

const SSS = [
  'auth sufficient pam_rootok.so',
  'auth required pam_sss.so',
  'account required pam_sss.so',
  'session required pam_mkhomedir.so',
  'session required pam_sss.so',
];
const KRB5 = stackOf({
  identify: ['required pam_krb5.so minimum_uid=1000'],
  account: ['required pam_krb5.so minimum_uid=1000'],
  session: ['required pam_krb5.so minimum_uid=1000'],
});

export const directoryCases: readonly Case[] = [
  {
    name: 'pam_sss',
    stack: SSS,
    account: () => carol,
    prepare: async () => {
      const groups = [{ name: 'o-lab', gid: 62_190 }];
      services.slapd = await startLdap([{ ...carol, names: [carol.name], shell: SHELL, groups }]);
    },
    reset: () => haveServices({ slapd: true, sssd: true }),
    answers: ({ password }) => [password],
    shows: {
      outcome: 'let in',
      cwd: '/home/o-carol',
      uid: '62101 62101 62101',
      groups: '62101 62190',
    },
  },
  {
    name: 'pam_sss, the directory is away',
    stack: SSS,
    account: () => carol,
    reset: () => haveServices({ sssd: true }),
    answers: ({ password }) => [password],
    shows: { outcome: 'let in', 'PAM says': /cached credentials/, uid: '62101 62101 62101' },
  },
  {
    name: 'pam_sss, sssd is down',
    stack: SSS,
    account: () => carol,
    reset: () => haveServices({}),
    answers: ({ password }) => [password],
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_krb5',
    stack: KRB5,
    prepare: async (account) => {
      services.kdc = await startKdc([
        { names: [account.name], uid: 0, password: account.password },
      ]);
      kira = account;
    },
    reset: () => haveServices({ kdc: true }),
    answers: ({ password }) => [password],
    sshPassword: true,
    during: cacheItems,
    shows: { outcome: 'let in' },
  },
  {
    name: 'pam_krb5, the password is at hand',
    stack: KRB5.filter((line) => !line.includes('pam_rootok')),
    account: () => kira,
    reset: () => haveServices({ kdc: true }),
    answers: ({ password }) => [password],
    sshPassword: true,
    run: true,
    only: /^(outcome|PAM says|uid|environment KRB5CCNAME|.*ticket cache)$/,
    during: cacheItems,
    afterwards: () =>
      new Map([['after the end: ticket cache', existsSync(lastCache) ? 'still there' : 'gone']]),
    shows: {
      'environment KRB5CCNAME': 'FILE:/tmp/krb5cc_UID_*',
      'ticket cache': /^\d+ 600$/,
      'after the end: ticket cache': 'gone',
    },
  },
  {
    name: 'pam_krb5, the KDC is down',
    stack: KRB5,
    account: () => kira,
    reset: () => haveServices({}),
    answers: ({ password }) => [password],
    sshPassword: true,
    shows: { outcome: 'refused' },
  },
];

let lastCache = '';
/** Of the first case: its principal is in the realm. */
let kira: Account = carol;

function cacheItems(_: Account, items: Items): Items {
  lastCache = items.get('environment KRB5CCNAME')?.replace(/^FILE:/, '') ?? '/none';
  if (!existsSync(lastCache)) return new Map([['ticket cache', 'none']]);
  const { uid, mode } = statSync(lastCache);
  return new Map([['ticket cache', `${uid} ${(mode & 0o777).toString(8)}`]]);
}
