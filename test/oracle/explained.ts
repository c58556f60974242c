/**
 * The differences from su and ssh that are meant. At most 12; each cites the manual page or the decision that it rests
 * on. What is not listed here is unexplained.
 */

export interface Explanation {
  readonly item: RegExp;
  /** Names of cases; absent: any. */
  readonly cases?: RegExp;
  /** What Vestibule's column may have. */
  readonly value: RegExp;
  readonly why: string;
  readonly cites: string;
}

export const MOST_EXPLANATIONS = 12;

const DECISION = 'docs/decisions/0014';

export const EXPLANATIONS: readonly Explanation[] = [
  {
    item: /^cgroup v2$/,
    value: /\/vestibule-SESSION$/,
    why: 'programs of a session have a cgroup of their own, by which all of them can be ended',
    cites: `${DECISION}, cgroups(7)`,
  },
  {
    item: /^environment XDG_SESSION_(TYPE|CLASS)$/,
    value: /^(tty|user|unspecified)$/,
    why: 'told to PAM before pam_open_session, as login(1) does, so that pam_systemd knows the kind; a user’s leader has no terminal',
    cites: `${DECISION}, pam_systemd(8)`,
  },
  {
    item: /^program at (open|close): environment (HOME|USER|LOGNAME|SHELL)$/,
    value: /./,
    why: 'told to PAM before pam_open_session, as login(1) does: HOME in pam_env, programs that modules run',
    cites: `${DECISION}, pam_env.conf(5)`,
  },
  {
    item: /^(program at (open|close): environment PAM_TTY|logind: (TTY|Type)|.*: lastlog)$/,
    value: /^(vestibule?|unspecified)\b/,
    why: 'the PAM session of scope=user is of no terminal: its programs have one each',
    cites: `${DECISION}, pam_set_item(3)`,
  },
  {
    item: /^environment LANG$/,
    value: /^C\.UTF-8$/,
    why: 'the terminal in a browser is UTF-8; any LANG that PAM sets wins',
    cites: `${DECISION}, environ(7)`,
  },
  {
    item: /^signals (blocked|ignored)$/,
    value: /^0+$/,
    why: 'a program starts with default signals, whatever a module left behind (pam_mount blocks SIGPIPE)',
    cites: `${DECISION}, signal(7)`,
  },
  {
    item: /^(environment KRB5CCNAME|ticket cache)$/,
    cases: /^pam_krb5$/,
    value: /^(not there|none)$/,
    why: 'a session starts without its user there, so pam_krb5 gets no password',
    cites: `${DECISION}, docs/decisions/0001`,
  },
];
