/** Modules of a session profile that do not count the sessions of a user: closing one PAM session is felt in others. */
import { knowModule } from './known-modules.ts';
import { type Module, modulesOf, type Profile } from './stack.ts';

/** They run what the administrator wrote, or end what belongs to the user and not to one session. */
const UNCOUNTED: readonly string[] = [
  'pam_exec.so',
  'pam_script.so',
  'pam_python.so',
  'pam_ssh.so',
  'pam_afs_session.so',
];
/** pam_krb5 deletes its ticket cache; only with this ending each session has another one. */
const OWN_CACHE = /XXXXXX$/;

/** Those that are called when a session closes, each once. Nothing is known of modules that are not in our table. */
export function findUncounted(profile: Profile): readonly Module[] {
  const modules = [...modulesOf(profile, 'auth'), ...modulesOf(profile, 'session')];
  const found = modules.filter((module) => !module.broken && !isCounted(module));
  return [...new Map(found.map((module) => [module.name, module])).values()];
}

function isCounted({ name, facility, args }: Module): boolean {
  if (name === 'pam_exec.so' && args.includes('type=open_session')) return true;
  // In auth only the credentials count: such a module has none that it deletes.
  if (UNCOUNTED.includes(name)) return facility === 'auth' && name !== 'pam_afs_session.so';
  if (name !== 'pam_krb5.so') return knowModule(name) !== null;
  const cache = args.find((arg) => arg.startsWith('ccache='));
  return cache === undefined || OWN_CACHE.test(cache);
}
