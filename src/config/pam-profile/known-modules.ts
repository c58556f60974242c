/** What is known of PAM modules: where they can stand, what they say to nobody's answer, what they do for a session. */
import type { Facility } from './stack.ts';

/**
 * What pam_authenticate gets from a module when nobody proves anything: `asks` fails; `condition` depends on who it is
 * and from where, not on a proof.
 */
export type Unasked = 'asks' | 'success' | 'condition' | 'ignore';
export interface KnownModule {
  readonly facilities: readonly Facility[];
  readonly unasked: Unasked;
  /** For somebody who signs in or has a session here. */
  readonly meaning: string;
}

const LETTERS = { a: 'auth', c: 'account', p: 'password', s: 'session' } as const;

function rows(unasked: Unasked, text: string): [string, KnownModule][] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', letters = '', ...words] = line.trim().split(' ');
      const facilities = [...letters].map((letter) => LETTERS[letter as keyof typeof LETTERS]);
      return [`pam_${name}.so`, { facilities, unasked, meaning: words.join(' ') }];
    });
}

/** Name, facilities (auth, aCcount, password, session), meaning. */
const MODULES = new Map<string, KnownModule>([
  ...rows(
    'asks',
    `
unix acps local accounts: /etc/passwd and /etc/shadow
sss acps sssd's accounts: LDAP, Active Directory, IPA; its cache when they cannot be reached
sss_gss acps a Kerberos ticket that the client presents; there is none from a browser
krb5 acps Kerberos: takes a ticket with the password, deletes it with the session
winbind acps Active Directory by winbind
ldap acps accounts of a directory
oath a a one-time code (OATH)
google_authenticator a a one-time code; reads the home directory before anything is mounted there
u2f a a security key plugged into this machine; there is none at a browser
fprintd ap a fingerprint read at this machine; there is none at a browser
userdb ac a database of names and passwords
ftp a anonymous FTP names
rhosts a trusted hosts of rlogin
timestamp as a recent sign-in at the same terminal
ssh as the passphrase of an SSH key
systemd_home acps accounts of systemd-homed
cockpit_cert a a client certificate given to Cockpit
radius acs a RADIUS server
duo a a second factor by Duo
yubico a a one-time code of a YubiKey
exec acps runs a program; with the PAM environment of the session
script acps runs the administrator's scripts
deny acps denies
selinux as the SELinux context in which the session's programs run
python acps a program in Python
`,
  ),
  ...rows(
    'success',
    `
permit acps says yes to everybody
rootok acp says yes when root calls; here root always calls
mount acps keeps the password, mounts the user's volumes with it, unmounts them at the last close
cap a capabilities of the session's programs (capability.conf)
debug acps for tests: returns what its arguments say
echo acps shows a text
faillock ac counts failures, locks an account after too many
lastlog acs when and from where the user signed in last
`,
  ),
  ...rows(
    'condition',
    `
succeed_if acps a condition on the account
localuser acps whether the account stands in /etc/passwd
usertype acps whether it is a system or a person's account
listfile acps whether a name stands in a file
shells ac whether the shell stands in /etc/shells
securetty ac where root may sign in
access acps who may come from where (access.conf); the browser's address counts
wheel ac membership of a group
time c when and at which terminal accounts may be used (time.conf)
nologin ac /etc/nologin keeps everybody but root out
sepermit ac who may sign in depending on SELinux's mode
loginuid cs the user id in audit records; set once for the session
`,
  ),
  ...rows(
    'ignore',
    `
env acps environment variables (pam_env.conf, /etc/environment)
faildelay a how long a failure takes
warn acps writes what it is called with to syslog
group a more groups (group.conf)
keyinit as a session keyring of its own, revoked at the end with revoke
mail as whether there is mail
issue a a text before the user's name is asked for
motd s the message of the day
limits s resource limits (limits.conf)
mkhomedir s makes the home directory when there is none
oddjob_mkhomedir s makes the home directory when there is none, by oddjobd
umask s the file mode creation mask
namespace s directories such as /tmp of the session's own (namespace.conf)
systemd s registers the session with logind: XDG_RUNTIME_DIR, a cgroup; needs the system bus
elogind s registers the session with elogind
tmpdir acps TMPDIR, a directory of the user's own
xauth s the X cookie of who calls su
setquota s disk quotas
tty_audit s what is typed, into audit records
ssh_add as loads the user's SSH keys into an agent
gnome_keyring aps unlocks the keyring of a desktop
kwallet5 as unlocks the wallet of a desktop
pwquality p how good a new password must be
cracklib p how good a new password must be
passwdqc p how good a new password must be
pwhistory p no password that was used before
ecryptfs aps unlocks an encrypted home directory with the password
fscrypt aps unlocks encrypted directories with the password
afs_session as an AFS token, from a Kerberos ticket
cgroup s moves the session into a cgroup (cgrules.conf)
lastlog2 s when and from where the user signed in last
wtmpdb s keeps who was signed in when
`,
  ),
]);

/** Where a module does another thing for each type. */
const BY_TYPE: Readonly<Record<string, Partial<Record<Facility, string>>>> = {
  'pam_unix.so': {
    auth: 'checks the password of a local account (/etc/shadow)',
    account: 'whether a local account, or its password, has expired',
    password: 'changes the password of a local account',
    session: 'writes the opening and the end to syslog',
  },
  'pam_sss.so': {
    auth: 'checks the password with sssd; its cache when the directory cannot be reached',
    account: 'whether sssd’s domain lets the account in; it knows no local ones',
    password: 'changes the password in sssd’s domain',
    session: 'tells sssd of the session',
  },
  'pam_krb5.so': {
    auth: 'checks the password with Kerberos, and takes a ticket with it',
    account: 'whether the principal may use the account (.k5login)',
    password: 'changes the principal’s password',
    session: 'the ticket’s cache and KRB5CCNAME, deleted at the end; no ticket without a password',
  },
  'pam_mount.so': {
    auth: 'keeps the password for the session',
    session: 'mounts the user’s volumes with the password, unmounts them at the last close',
  },
  'pam_env.so': { auth: 'environment variables, when credentials are set' },
  'pam_rootok.so': {
    auth: 'says yes when root calls; here root always calls, so nobody is asked',
    account: 'says yes when root calls; here root always calls: no account is refused',
  },
  'pam_faillock.so': { account: 'forgets the failures of who got in' },
};

/** What it does when it stands under this type. */
export function meaningOf(name: string, facility: Facility): string | null {
  return BY_TYPE[name]?.[facility] ?? MODULES.get(name)?.meaning ?? null;
}

export function knowModule(name: string): KnownModule | null {
  return MODULES.get(name) ?? null;
}

/** Of all that are known, for the tests that hold this table to the real modules. */
export function knownModules(): ReadonlyMap<string, KnownModule> {
  return MODULES;
}

/** A module that nobody knows is taken for one that asks. */
export function unaskedOf(name: string): Unasked {
  return MODULES.get(name)?.unasked ?? 'asks';
}
