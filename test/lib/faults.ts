/** A PAM module that misbehaves on command (test/fakes/pam_fake.c) in both profiles, for one user at a time. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { makeProfile } from './leader/machine.ts';

const ORDERS = '/run/fake';
/** What the module says before it fails. */
export const WORDS = 'The words of the module.';

export interface Fault {
  /** In the table. */
  readonly name: string;
  /** What pam_fake is told to do at that stage. */
  readonly actions: (code: number) => readonly string[];
}

/** With the code of pam(3) that a module of that stage may well return. */
export const STAGES = {
  login: { auth: 7, account: 6, password: 20 },
  session: { auth: 7, account: 13, setcred: 17, open: 14, close: 14, delete: 17 },
} as const;
export type Profile = keyof typeof STAGES;
export type Stage = keyof (typeof STAGES)['login'] | keyof (typeof STAGES)['session'];

/** Another account, and nobody's name. */
export const OTHER = 'fi-other';
const NOBODY = 'fi-nobody';

export const FAULTS: readonly Fault[] = [
  { name: 'fails', actions: (code) => [`text:${ORDERS}/words`, `fail:${code}`] },
  { name: 'hangs', actions: () => ['hang'] },
  { name: 'crashes', actions: () => ['crash'] },
  { name: 'writes to stdout', actions: () => ['stdout'] },
  { name: 'writes to stderr', actions: () => ['stderr'] },
  { name: 'makes another of the user', actions: () => [`user:${OTHER}`] },
  { name: 'makes nobody of the user', actions: () => [`user:${NOBODY}`] },
  { name: 'asks twenty questions', actions: () => ['ask:20'] },
  { name: 'leaves a descriptor', actions: () => ['descriptor'] },
  { name: 'leaves a process', actions: () => ['helper'] },
];

/** Login and session profile, each with the fake at every stage in front of the real modules. */
export function makeFaultyProfiles(login: string, session: string): void {
  const fake = (profile: Profile) => `%FAKE% orders:${ORDERS}/${profile}`;
  for (const profile of ['login', 'session'])
    mkdirSync(`${ORDERS}/${profile}`, { recursive: true });
  writeFileSync(`${ORDERS}/words`, `${WORDS}\n`);
  makeProfile(login, [
    `auth required ${fake('login')}`,
    'auth required pam_unix.so nodelay',
    `account required ${fake('login')}`,
    'account required pam_unix.so',
    `password required ${fake('login')}`,
  ]);
  makeProfile(session, [
    `auth required ${fake('session')}`,
    'auth sufficient pam_rootok.so',
    `account required ${fake('session')}`,
    'account required pam_unix.so',
    `session required ${fake('session')}`,
    'session optional pam_keyinit.so force revoke',
    'session required pam_limits.so',
    'session required pam_unix.so',
  ]);
}

/** From now on, for this user. An expired password is what makes PAM change one. */
export function order(profile: Profile, user: string, stage: Stage, { actions }: Fault): void {
  const codes: Partial<Record<Stage, number>> = STAGES[profile];
  const expired = stage === 'password' ? ['account=fail:12'] : [];
  const lines = [...expired, ...actions(codes[stage]!).map((action) => `${stage}=${action}`)];
  writeFileSync(`${ORDERS}/${profile}/${user}`, `${lines.join('\n')}\n`);
}

export function orderNothing(user: string): void {
  for (const profile of ['login', 'session']) {
    rmSync(`${ORDERS}/${profile}/${user}`, { force: true });
  }
}
