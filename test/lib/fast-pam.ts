/** PAM profiles that check what the machine's own do, without their delays. */
import { configure, makeProfile } from './leader/machine.ts';

const LOGIN = 'test-login';
const SESSION = 'test-session';

export interface Extra {
  /** Lines before the others, as of test/fakes/pam_fake.c. */
  readonly login?: readonly string[];
  readonly session?: readonly string[];
  /** Of the configuration. */
  readonly options?: readonly string[];
}

export function preparePam({ login = [], session = [], options = [] }: Extra = {}): void {
  configure([`auth-pam-profile=${LOGIN}`, `auth-pam-sessions-profile=${SESSION}`, ...options]);
  makeProfile(LOGIN, [
    ...login,
    'auth required pam_unix.so nodelay',
    'account required pam_unix.so',
  ]);
  makeProfile(SESSION, [
    'auth sufficient pam_rootok.so',
    'account required pam_unix.so',
    ...session,
    'session optional pam_keyinit.so force revoke',
    'session required pam_limits.so',
    'session required pam_unix.so',
  ]);
}
