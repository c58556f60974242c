/** What session-dump says, and what its numbers mean beside those of the servers' own processes. */

export type Items = Map<string, string>;

export function parseDump(text: string): Items {
  const items: Items = new Map();
  for (const line of text.split(/\r?\n/)) {
    const [item, value] = line.split('\t');
    if (item !== undefined && value !== undefined) items.set(item, value);
  }
  return items;
}

/** Numbers that no two sessions share, in words: whose it is, its kind. */
export function explainItems(items: Items, runner: Items, uid: number): Items {
  const seen: Items = new Map();
  for (const [item, value] of items) {
    const isRunners = runner.get(item) === value;
    if (item.startsWith('mount ')) {
      if (!runner.has(item) && !OURS.test(item)) seen.set(item, value);
    } else if (item.startsWith('namespace ')) seen.set(item, isRunners ? 'the server’s' : 'own');
    else if (item === '/tmp') {
      const mode = value.replace(/^\S+ /, '');
      seen.set(item, `${isRunners ? 'the server’s' : 'own'}, ${mode}`);
    } else if (item === 'session keyring id') {
      seen.set('session keyring is', isRunners ? 'the server’s' : 'own');
    } else if (item === 'audit session') {
      const unset = value === UNSET ? 'unset' : 'own';
      seen.set(item, isRunners && unset === 'own' ? 'the server’s' : unset);
    } else seen.set(item, normalise(item, value, uid));
  }
  return seen;
}

/** The server mounts a tmpfs for itself. */
const OURS = /^mount \/run\/vestibule$/;
const UNSET = '4294967295';

function normalise(item: string, value: string, uid: number): string {
  if (item === 'loginuid' && value === UNSET) return 'unset';
  if (item.startsWith('environment SSH_')) return value.replaceAll(/\b\d{4,}\b/g, 'PORT');
  if (item === 'environment XDG_SESSION_ID') return value.replace(/^c?\d+$/, 'N');
  return value
    .replace(/\/session-c?\d+\.scope/, '/session-N.scope')
    .replaceAll(/\/dev\/pts\/\d+/g, '/dev/pts/N')
    .replace(/\/vestibule-[0-9a-f]{32}$/, '/vestibule-SESSION')
    .replace(new RegExp(`/tmp/krb5cc_${uid}_\\w+`), '/tmp/krb5cc_UID_*');
}
