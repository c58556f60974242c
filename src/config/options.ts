/**
 * The table of all options of vestibule.conf. The readers in TypeScript and C, `config check`, `config show` and
 * docs/options.md are made from it.
 */

export interface OptionSpec {
  readonly type: OptionType;
  /** As written in the file. */
  readonly default: string;
  /** Limits of a number. For text, max is the largest number of characters. */
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  /** The allowed values of a choice. */
  readonly choices?: readonly string[];
  readonly doc: string;
  readonly readBy: readonly ('supervise' | 'leader' | 'broker' | 'gateway')[];
  /** When a changed value takes effect: at the next sign-in or session, or after a restart. */
  readonly change: 'at once' | 'restart';
}

/** Each type, with the values that it allows in words. */
export const OPTION_TYPES = {
  flag: '0 or 1',
  choice: 'one of these words',
  number: 'a whole number',
  profile: 'the name of a file in /etc/pam.d (lower-case letters, digits, ".", "_" and "-")',
  groups:
    'group names separated by commas, without spaces around the commas (a name may have spaces inside)',
  address: 'an IPv4 or IPv6 address such as 127.0.0.1 or ::1',
  addresses: 'IPv4 or IPv6 addresses separated by commas, without spaces',
  path: 'an absolute path',
  text: 'text',
} as const;
export type OptionType = keyof typeof OPTION_TYPES;

export const OPTIONS = {
  'auth-pam-profile': {
    type: 'profile',
    default: 'vestibule',
    doc: 'PAM profile for signing in. If the file does not exist, PAM uses the profile `other`.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-profile': {
    type: 'profile',
    default: 'su',
    doc: 'PAM profile for opening sessions. A session may start while its user is not present, so the profile should have `auth sufficient pam_rootok.so`. If a module asks for something anyway, the user sees the question on their page.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-enabled': {
    type: 'flag',
    default: '1',
    doc: 'Whether programs run inside a PAM session. With 0 they get the user, the groups and a clean environment, but no credentials, and no session modules are called.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-scope': {
    type: 'choice',
    default: 'session',
    choices: ['session', 'user'],
    doc: 'Which sessions share a PAM session. session: each session has its own. user: all sessions of a user on a machine run in one PAM session, the home session, and share its mounts, keyring and tickets; only `vestibule run` still opens one of its own. Needs `auth-pam-sessions-enabled`.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-pam-sessions-close': {
    type: 'choice',
    default: '0',
    choices: ['0', '1', 'last'],
    doc: 'When the PAM session of a session is closed. 0: it stays open after its program has ended, until it is closed on request (home page, `vestibule pam close`, `vestibule force-suspend-session`), or until the user has a new PAM session with the same profile. 1: when its last program ends. last: when the last session of the user on this machine has ended and the user is signed in nowhere. With 1, the end of one session can unmount or destroy what other sessions of the user still use, if a PAM module does not count sessions. Concerns only PAM sessions that sessions have of their own: home sessions, and with `auth-pam-sessions-scope=user` all sessions in them, are not affected. `vestibule run` always closes its PAM session. With `auth-pam-sessions-enabled=0` there is nothing to keep open.',
    readBy: ['broker'],
    change: 'restart',
  },
  'pam-sessions-max-per-user': {
    type: 'number',
    default: '100',
    min: 2,
    max: 500,
    doc: 'How many PAM sessions a user can have open at the same time, including the home session. At the limit the oldest one without a running program is closed first. If there is none, further ones are refused. Those of `vestibule run` are counted but never refused.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-minimum-user-id': {
    type: 'number',
    default: '1000',
    min: 1,
    max: 4_294_967_294,
    doc: 'Lowest user id that may sign in and have sessions. Root never may.',
    readBy: ['leader'],
    change: 'at once',
  },
  'auth-required-user-group': {
    type: 'groups',
    default: '',
    doc: 'Only members of one of these groups may sign in. A group that does not exist on the machine has no members; `vestibule config check` reports it. Empty: everybody may sign in.',
    readBy: ['leader'],
    change: 'at once',
  },
  'admin-group': {
    type: 'groups',
    default: '',
    doc: 'Members of one of these groups are administrators: their home page shows what keeps the server from working (a full disk, for example), as `vestibule status` does. They have no other rights. A group that does not exist on the machine has no members; `vestibule config check` reports it. Empty: nobody is an administrator.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-timeout-minutes': {
    type: 'number',
    default: '60',
    min: 1,
    max: 10_080,
    unit: 'minutes',
    doc: 'How long a sign-in lasts while it is not used. A sign-in that is used ends after `auth-stay-signed-in-days`.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-stay-signed-in-days': {
    type: 'number',
    default: '7',
    min: 1,
    max: 7,
    unit: 'days',
    doc: 'How long a sign-in lasts at most, even if it is used all the time.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-sign-ins-per-user': {
    type: 'number',
    default: '50',
    min: 1,
    max: 500,
    doc: 'In how many browsers a user can be signed in at the same time. One more sign-in ends the least recently used one.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-sessions-per-user': {
    type: 'number',
    default: '100',
    min: 1,
    max: 500,
    doc: 'How many sessions a user can have at the same time. Further ones are refused. Sessions that root starts (`vestibule run`) are counted but never refused.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-recheck-minutes': {
    type: 'number',
    default: '10',
    min: 0,
    max: 1440,
    unit: 'minutes',
    doc: 'How often PAM is asked whether the users who are signed in may still sign in. A user whose account was disabled, has expired or has left the required group is signed out everywhere. 0: only when a session starts.',
    readBy: ['broker'],
    change: 'restart',
  },
  'audit-keep-days': {
    type: 'number',
    default: '400',
    min: 1,
    max: 36500,
    unit: 'days',
    doc: 'How long audit records are kept in the database. The log has the same records, for as long as the log is kept.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-pam-timeout-seconds': {
    type: 'number',
    default: '60',
    min: 1,
    max: 3600,
    unit: 'seconds',
    doc: 'Timeout of each call of PAM until the session is open. While a user signs in or changes a password, `auth-person-timeout-seconds` applies instead.',
    readBy: ['leader', 'broker'],
    change: 'at once',
  },
  'auth-person-timeout-seconds': {
    type: 'number',
    default: '120',
    min: 1,
    max: 600,
    unit: 'seconds',
    doc: 'How long a PAM module may wait for the user who signs in: for a push notification to be confirmed, a card to be touched, a code to be sent. The time starts again whenever the module shows a text or gets an answer. The page shows how long the server waits. It is also the time for an answer when PAM asks for something while a session opens. sshd waits 120 s (LoginGraceTime).',
    readBy: ['leader'],
    change: 'at once',
  },
  'session-start-timeout-seconds': {
    type: 'number',
    default: '30',
    min: 1,
    max: 3600,
    unit: 'seconds',
    doc: 'Timeout for starting the program of a session: the home directory and the login shell must answer within this time. `auth-pam-timeout-seconds` is the timeout for the PAM modules before.',
    readBy: ['leader', 'broker'],
    change: 'at once',
  },
  'www-address': {
    type: 'address',
    default: '::',
    doc: 'Address to listen on. `::` means all IPv4 and IPv6 addresses. `0.0.0.0` means all IPv4 addresses only; then any user of the machine can listen on the same port on IPv6, and `localhost` may lead there.',
    readBy: ['supervise'],
    change: 'restart',
  },
  'www-port': {
    type: 'number',
    default: '8787',
    min: 1,
    max: 65_535,
    doc: 'TCP port of the pages (HTTPS).',
    readBy: ['supervise'],
    change: 'restart',
  },
  'www-session-port': {
    type: 'number',
    default: '8788',
    min: 1,
    max: 65_535,
    doc: 'TCP port of the content of sessions (HTTPS). It is a separate origin, so that scripts in a session have no access to the pages.',
    readBy: ['supervise'],
    change: 'restart',
  },
  'www-trusted-proxies': {
    type: 'addresses',
    default: '',
    doc: 'Addresses of the reverse proxies in front. What one of them adds to `X-Forwarded-For` counts as the address of the client: for PAM_RHOST, the counts of failed sign-ins and the audit. Empty: whoever connects is the client, and the header says nothing.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-root-path': {
    type: 'path',
    default: '',
    doc: 'Prefix of all paths of both origins, such as `/term`, for a reverse proxy that forwards only these paths, unchanged. Without a slash at the end. Empty: no prefix. See docs/admin/reverse-proxies.md.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-home-origin': {
    type: 'text',
    default: '',
    max: 300,
    doc: 'Origin at which browsers reach the pages if it is not `www-port` of this host, for example that of a reverse proxy: `https://login.example.org`. Needs `www-session-origin`. Empty: the host name in the request, with `www-port`.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-session-origin': {
    type: 'text',
    default: '',
    max: 300,
    doc: 'Origin at which browsers reach the content of sessions if it is not `www-session-port` of this host. It must have another host name or port than `www-home-origin`. Empty: the host name in the request, with `www-session-port`.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-connections-per-network': {
    type: 'number',
    default: '1024',
    min: 8,
    max: 4096,
    doc: 'How many connections one network (an IPv4 address, or the /64 of an IPv6 address) may have open. Both ports together accept 4,096. Behind `www-trusted-proxies` the network of the client counts. A browser needs up to 8, and 1 more for each open terminal.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-title': {
    type: 'text',
    default: '',
    max: 100,
    doc: 'Name of what people sign in to: the heading of the sign-in page and the title of the pages. Empty: the host name in the address.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-banner': {
    type: 'text',
    default: '',
    max: 2000,
    doc: 'Text shown above the sign-in form to everybody who opens the page. `\\n` (a backslash and an n) begins a new line. Empty: no text.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'ssl-certificate': {
    type: 'path',
    default: '',
    doc: 'File with the certificate in PEM form, followed by the intermediate certificates. Empty: a generated certificate.',
    readBy: ['supervise'],
    change: 'restart',
  },
  'ssl-certificate-key': {
    type: 'path',
    default: '',
    doc: 'File with the private key in PEM form, without a passphrase. Only root, and a group if you like, may be able to read it. Empty: a generated key.',
    readBy: ['supervise'],
    change: 'restart',
  },
} as const satisfies Record<string, OptionSpec>;

export type OptionKey = keyof typeof OPTIONS;
export const OPTION_KEYS = Object.keys(OPTIONS) as readonly OptionKey[];

type ValueOf<T extends OptionType> = T extends 'flag'
  ? boolean
  : T extends 'number'
    ? number
    : T extends 'groups' | 'addresses'
      ? readonly string[]
      : string;
export type Configuration = {
  readonly [K in OptionKey]: (typeof OPTIONS)[K] extends { readonly choices: readonly (infer C)[] }
    ? C
    : ValueOf<(typeof OPTIONS)[K]['type']>;
};

/** The values that an option allows, in words. */
export function wantedWords(key: OptionKey): string {
  const { type, min, max, unit, choices = [] }: OptionSpec = OPTIONS[key];
  if (type === 'choice') return choices.join(' or ');
  if (type === 'text') return `${OPTION_TYPES.text} of at most ${max} characters`;
  if (type !== 'number') return OPTION_TYPES[type];
  return `${OPTION_TYPES.number}${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`;
}
