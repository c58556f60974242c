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

export const EXPLANATIONS: readonly Explanation[] = [
  {
    item: /^cgroup v2$/,
    value: /\/vestibule-SESSION$/,
    why: 'programs of a session have a cgroup of their own below the server’s, by which all of them can be ended',
    cites: 'docs/decisions/0014; cgroups(7), cgroup.kill',
  },
  {
    item: /^environment XDG_SESSION_(TYPE|CLASS)$/,
    value: /^(tty|user)$/,
    why: 'told to PAM before pam_open_session, as login(1) and display managers do, so that pam_systemd knows the kind',
    cites: 'pam_systemd(8), ENVIRONMENT',
  },
  {
    item: /^environment LANG$/,
    value: /^C\.UTF-8$/,
    why: 'a browser’s terminal is UTF-8; any LANG that PAM sets wins',
    cites: 'docs/decisions/0014',
  },
];
