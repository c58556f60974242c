/** What is known of PAM modules: their types, what they return when nobody proves anything, what they do. */
import { envFiles } from './env-files.ts';
import type { Facility, Module } from './stack.ts';

/**
 * What a module returns to pam_authenticate when nobody proves who they are: `asks` fails, because it asks for a proof;
 * the result of `condition` depends on the user, the address or the time instead.
 */
export type Unasked = 'asks' | 'success' | 'condition' | 'ignore';
export interface KnownModule {
  readonly facilities: readonly Facility[];
  readonly unasked: Unasked;
  /** What it does for a user who signs in or has a session here. */
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
sss_gss acps a Kerberos ticket that the client presents; a browser presents none here
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
permit acps always succeeds
rootok acp succeeds when root is the caller; here the caller is always root
mount acps keeps the password, mounts the user's volumes with it, unmounts them when the last session closes
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
localuser acps whether the account is in /etc/passwd
usertype acps whether it is a system account or a regular one
listfile acps whether a name is in a file
shells ac whether the shell is in /etc/shells
securetty ac the terminals where root may sign in
access acps who may sign in from where (access.conf); the address of the browser counts
wheel ac membership of a group
time c when and at which terminal accounts may be used (time.conf)
nologin ac while /etc/nologin exists, only root may sign in
sepermit ac who may sign in depending on SELinux's mode
loginuid cs the user id in audit records; set once for the session
`,
  ),
  ...rows(
    'ignore',
    `
env acps environment variables
faildelay a sets the delay after a failure
warn acps logs its arguments to syslog
group a adds groups (group.conf)
keyinit as a new session keyring, revoked at the end if it has the argument revoke
mail as tells the user whether there is mail
issue a shows a text before the prompt for the user name
motd s the message of the day
limits s resource limits (limits.conf)
mkhomedir s makes the home directory when there is none
oddjob_mkhomedir s makes the home directory when there is none, by oddjobd
umask s the file mode creation mask
namespace s private directories such as /tmp for the session (namespace.conf)
systemd s registers the session with logind: XDG_RUNTIME_DIR, a cgroup; needs the system bus
elogind s registers the session with elogind
tmpdir acps TMPDIR, a private directory of the user
xauth s passes on the X cookie of the caller of su
setquota s disk quotas
tty_audit s records what is typed in the audit log
ssh_add as loads the user's SSH keys into an agent
gnome_keyring aps unlocks the keyring of a desktop
kwallet5 as unlocks the wallet of a desktop
pwquality p checks the strength of a new password
cracklib p checks the strength of a new password
passwdqc p checks the strength of a new password
pwhistory p refuses passwords that were used before
ecryptfs aps unlocks an encrypted home directory with the password
fscrypt aps unlocks encrypted directories with the password
afs_session as an AFS token, from a Kerberos ticket
cgroup s moves the session into a cgroup (cgrules.conf)
lastlog2 s when and from where the user signed in last
wtmpdb s records who was signed in, and when
`,
  ),
]);

/** Modules that do different things for each type. */
const BY_TYPE: Readonly<Record<string, Partial<Record<Facility, string>>>> = {
  'pam_unix.so': {
    auth: 'checks the password of a local account (/etc/shadow)',
    account: 'checks whether a local account, or its password, has expired',
    password: 'changes the password of a local account',
    session: 'logs the start and the end of the session to syslog',
  },
  'pam_sss.so': {
    auth: 'checks the password with sssd, from its cache when the directory cannot be reached',
    account: 'checks whether the domain lets the account in; sssd does not know local accounts',
    password: 'changes the password in the domain of sssd',
    session: 'tells sssd about the session',
  },
  'pam_krb5.so': {
    auth: 'checks the password with Kerberos, and takes a ticket with it',
    account: 'checks whether the principal may use the account (.k5login)',
    password: 'changes the password of the principal',
    session:
      'sets up the ticket cache and KRB5CCNAME, deletes them at the end; no ticket without a password',
  },
  'pam_mount.so': {
    auth: 'keeps the password for the session',
    session:
      'mounts the user’s volumes with the password, unmounts them when the last session closes',
  },
  'pam_rootok.so': {
    auth: 'succeeds when root is the caller; here the caller is always root, so nobody is asked',
    account:
      'succeeds when root is the caller; here the caller is always root: no account is refused',
  },
  'pam_faillock.so': { account: 'resets the failure count of a user who got in' },
};

/** What the module does under this type. */
export function meaningOf({ name, facility, args }: Module): string | null {
  if (name === 'pam_env.so') return meaningOfEnv(facility, args);
  return BY_TYPE[name]?.[facility] ?? MODULES.get(name)?.meaning ?? null;
}

function meaningOfEnv(facility: Facility, args: readonly string[]): string {
  const meaning = `environment variables (${envFiles(args)})`;
  return facility === 'auth' ? `${meaning}, together with the credentials` : meaning;
}

export function knowModule(name: string): KnownModule | null {
  return MODULES.get(name) ?? null;
}

/** For the tests that compare this table with the real modules. */
export function knownModules(): ReadonlyMap<string, KnownModule> {
  return MODULES;
}

/** An unknown module is treated like one that asks for a proof. */
export function unaskedOf(name: string): Unasked {
  return MODULES.get(name)?.unasked ?? 'asks';
}
