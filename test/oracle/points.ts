/**
 * The 13 points by which servers that open PAM sessions are compared: each is a set of rows of the table, and holds when
 * Vestibule has them as su or ssh has and the module's work shows.
 */
import type { Row } from './compare.ts';

export interface Point {
  readonly title: string;
  readonly rows: readonly { readonly case: string; readonly item: string }[];
  /** How far it holds. */
  readonly remark?: string;
}

const row = (name: string, ...items: readonly string[]) =>
  items.map((item) => ({ case: name, item }));

export const SERVER = 'the server itself';

export const POINTS: readonly Point[] = [
  {
    title: 'variables of pam_env',
    rows: row('pam_env', 'environment ORACLE_SITE', 'environment ORACLE_FILE'),
  },
  { title: 'limits of pam_limits', rows: row('pam_limits', 'limit nofile', 'limit nproc', 'nice') },
  { title: 'home made by pam_mkhomedir', rows: row('pam_mkhomedir', 'home', 'cwd') },
  { title: 'umask of pam_umask', rows: row('pam_umask by its argument', 'umask') },
  {
    title: 'session keyring of pam_keyinit',
    rows: row('pam_keyinit', 'session keyring', 'session keyring is'),
  },
  { title: 'login uid of pam_loginuid', rows: row('pam_loginuid', 'loginuid', 'audit session') },
  { title: 'groups of the database and of pam_group', rows: row('pam_group', 'groups') },
  {
    title: 'ticket cache of pam_krb5, gone at the end',
    rows: row(
      'pam_krb5, the password is at hand',
      'environment KRB5CCNAME',
      'after the end: ticket cache',
    ),
    remark: 'by `vestibule run --password-stdin`; sessions from the page have no password',
  },
  {
    title: 'pam_close_session on the same handle, as root',
    rows: [
      ...row('pam_exec', 'program at close: uid', 'program at close: environment PAM_TYPE'),
      ...row('pam_mount, a tmpfs', 'after the end: mount'),
    ],
  },
  { title: 'the whole conversation, a second factor', rows: row('pam_oath', 'outcome') },
  { title: 'change of an expired password', rows: row('pam_unix, an expired password', 'outcome') },
  {
    title: 'private /tmp of pam_namespace',
    rows: row('pam_namespace', '/tmp', 'second program: /tmp'),
  },
  {
    title: 'the server keeps nothing of its users’ sessions',
    rows: row(SERVER, 'broker', 'rootd'),
  },
];

export function judgePoints(
  rows: readonly Row[],
): readonly (Point & { readonly holds: boolean })[] {
  return POINTS.map((point) => {
    const holds = point.rows.every(({ case: of, item }) => {
      const found = rows.find((one) => one.case === of && one.item === item);
      return (
        found !== undefined && found.verdict !== 'unexplained' && found.values.session !== null
      );
    });
    return { ...point, holds };
  });
}
