/**
 * Every option of vestibule.conf, once: the readers in TypeScript and C, `config check`, `config show` and
 * docs/options.md come from this table.
 */

export interface OptionSpec {
  readonly type: OptionType;
  /** As it would be written in the file. */
  readonly default: string;
  /** Of a number; of a text the most characters. */
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  /** Of a choice. */
  readonly choices?: readonly string[];
  readonly doc: string;
  readonly readBy: readonly ('supervise' | 'leader' | 'broker' | 'gateway')[];
  /** What makes a change count: nothing (the next sign-in or session uses it), or a restart. */
  readonly change: 'at once' | 'restart';
}

/** Each type with the values it allows, in words. */
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
    doc: 'PAM profile that checks who signs in. Without such a file PAM uses the profile `other`.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-profile': {
    type: 'profile',
    default: 'su',
    doc: 'PAM profile that opens a session. A session may start without its person being there, so it should have `auth sufficient pam_rootok.so`; what a module asks all the same is put to the page of its person.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-enabled': {
    type: 'flag',
    default: '1',
    doc: 'Whether programs run inside a PAM session. 0: right user, groups and clean environment, but no credentials and no session modules.',
    readBy: ['leader', 'broker'],
    change: 'restart',
  },
  'auth-pam-sessions-scope': {
    type: 'choice',
    default: 'session',
    choices: ['session', 'user'],
    doc: 'Whose a PAM session is. session: each session has one of its own. user: all sessions of a user on a machine are programs of one, the home session, and share its mounts, keyring and tickets. Needs `auth-pam-sessions-enabled`.',
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
    doc: 'Groups that may sign in: members of any of them. A group that the machine does not know has no members; `vestibule config check` names it. Empty: everybody may.',
    readBy: ['leader'],
    change: 'at once',
  },
  'admin-group': {
    type: 'groups',
    default: '',
    doc: 'Groups of administrators: members of any of them see on their home page what keeps the server from its work (a full disk), as `vestibule status` tells it. They may do no more than others. A group that the machine does not know has no members; `vestibule config check` names it. Empty: nobody.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-timeout-minutes': {
    type: 'number',
    default: '60',
    min: 1,
    max: 10_080,
    unit: 'minutes',
    doc: 'How long a sign-in lasts without use. However much it is used, `auth-stay-signed-in-days` ends it.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-stay-signed-in-days': {
    type: 'number',
    default: '7',
    min: 1,
    max: 7,
    unit: 'days',
    doc: 'How long a sign-in lasts at most, however much it is used.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-sign-ins-per-user': {
    type: 'number',
    default: '50',
    min: 1,
    max: 500,
    doc: 'In how many browsers one user is signed in at most. One more ends the sign-in that was used longest ago.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-sessions-per-user': {
    type: 'number',
    default: '100',
    min: 1,
    max: 500,
    doc: 'How many sessions one user has at most at the same time. One more is refused. What root starts (`vestibule run`) counts, and is never refused.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-recheck-minutes': {
    type: 'number',
    default: '10',
    min: 0,
    max: 1440,
    unit: 'minutes',
    doc: 'How often PAM is asked whether those who are signed in still may be: an account that was disabled, has expired or left the required group is signed out everywhere. 0: only when a session starts.',
    readBy: ['broker'],
    change: 'restart',
  },
  'audit-keep-days': {
    type: 'number',
    default: '400',
    min: 1,
    max: 36500,
    unit: 'days',
    doc: 'How long the rows of the audit are kept in the database. The log has the same lines, as long as it is kept.',
    readBy: ['broker'],
    change: 'restart',
  },
  'auth-pam-timeout-seconds': {
    type: 'number',
    default: '60',
    min: 1,
    max: 3600,
    unit: 'seconds',
    doc: 'How long PAM modules may work in one call before the session is open. While somebody signs in or changes a password it is `auth-person-timeout-seconds`.',
    readBy: ['leader', 'broker'],
    change: 'at once',
  },
  'auth-person-timeout-seconds': {
    type: 'number',
    default: '120',
    min: 1,
    max: 600,
    unit: 'seconds',
    doc: 'How long a PAM module may wait for the person who signs in, since it last said or was told something: for a push to a telephone to be confirmed, a card to be touched, a code to be sent. The page says for how long. Also how long a person has for an answer to what is asked while their session opens. sshd waits 120 s (LoginGraceTime).',
    readBy: ['leader'],
    change: 'at once',
  },
  'session-start-timeout-seconds': {
    type: 'number',
    default: '30',
    min: 1,
    max: 3600,
    unit: 'seconds',
    doc: 'How long the program of a session may take to start: its home directory and its login shell must answer within it. `auth-pam-timeout-seconds` is for what PAM modules do before.',
    readBy: ['leader', 'broker'],
    change: 'at once',
  },
  'www-address': {
    type: 'address',
    default: '::',
    doc: 'Address to listen on. `::` is all addresses of IPv4 and IPv6, `0.0.0.0` is those of IPv4 only: then any user of the machine can listen on the same port of IPv6, and `localhost` may lead there.',
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
    doc: 'TCP port of the content of sessions (HTTPS): an origin of its own, so that it cannot reach the pages.',
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
    doc: 'What the paths of both origins begin with, such as `/term`, behind a reverse proxy that passes only these on, unchanged. Without a slash at its end. Empty: nothing. See docs/admin/reverse-proxies.md.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-home-origin': {
    type: 'text',
    default: '',
    max: 300,
    doc: 'Where browsers find the pages when it is not `www-port` of this host: what a reverse proxy is reached by, such as `https://login.example.org`. Needs `www-session-origin`. Empty: the host that a browser asked for, with `www-port`.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-session-origin': {
    type: 'text',
    default: '',
    max: 300,
    doc: 'Where browsers find the content of sessions, when it is not `www-session-port` of this host: another name or another port than that of `www-home-origin`. Empty: the host that a browser asked for, with `www-session-port`.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-connections-per-network': {
    type: 'number',
    default: '1024',
    min: 8,
    max: 4096,
    doc: 'Open connections of one network (an IPv4 address, or the /64 of an IPv6 address); both ports together take 4,096. Behind `www-trusted-proxies` what counts is the network of the client. A browser has up to 8, and 1 for each open terminal.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-title': {
    type: 'text',
    default: '',
    max: 100,
    doc: 'What people sign in to, for the heading of the sign-in page and the title of the pages. Empty: the host name in the address.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'www-banner': {
    type: 'text',
    default: '',
    max: 2000,
    doc: 'Text shown above the sign-in, to everybody who opens the page. `\\n` (a backslash and an n) begins a new line. Empty: none.',
    readBy: ['gateway'],
    change: 'restart',
  },
  'ssl-certificate': {
    type: 'path',
    default: '',
    doc: 'Certificate in PEM form, intermediates behind it. Empty: a generated one.',
    readBy: ['supervise'],
    change: 'restart',
  },
  'ssl-certificate-key': {
    type: 'path',
    default: '',
    doc: 'Private key in PEM form, without a passphrase; only root may read it. Empty: a generated one.',
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

/** What an option wants, in words. */
export function wantedWords(key: OptionKey): string {
  const { type, min, max, unit, choices = [] }: OptionSpec = OPTIONS[key];
  if (type === 'choice') return choices.join(' or ');
  if (type === 'text') return `${OPTION_TYPES.text} of at most ${max} characters`;
  if (type !== 'number') return OPTION_TYPES[type];
  return `${OPTION_TYPES.number}${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`;
}
