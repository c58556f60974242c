/** Modules that work, but in another order. */
import type { Result } from '../control.ts';
import { unaskedOf } from '../known-modules.ts';
import type { Played } from '../play.ts';
import { lineOf, type Rule, type Situation } from '../rule.ts';
import { type Module, modulesOf } from '../stack.ts';
import { atBest, findPlay } from '../what-if.ts';

const named =
  (...names: readonly string[]) =>
  ({ name }: Module): boolean =>
    names.includes(`${name.replace(/\.so$/, '')}`);
const isMount = named('pam_mount');
const asks = ({ name }: Module): boolean => unaskedOf(name) === 'asks';

/** The modules that are called when every module succeeds, in order. */
function called({ profile }: Situation, facility: 'auth' | 'session'): readonly Module[] {
  const entries = profile.stacks[facility];
  return findPlay(entries, ({ allowed }) => allowed, atBest)?.called ?? [];
}

export const readenvBeforeProgram: Rule = {
  code: 'readenv-runs-as-root',
  level: 'error',
  why: 'user_readenv=1 reads variables such as LD_PRELOAD from a file of the user, and modules that run programs pass them the environment of the session: code of the user runs as root when the session opens or closes.',
  remedy: 'remove user_readenv=1',
  trial: 'readenv.test.ts',
  unsafe: true,
  find: ({ profile, purpose }) => {
    const session = modulesOf(profile, 'session');
    const readers = [...modulesOf(profile, 'auth'), ...session].filter(readsUserFile);
    return readers.flatMap((reader) => {
      const from = session.indexOf(reader);
      const program = session.find((module, index) => runsProgram(module, index < from));
      if (program === undefined) return [];
      const { file, line } = program.origin;
      return {
        origin: reader.origin,
        message: `wanted an environment that is safe for programs run as root, got one that the user can set, for ${program.name} (${file}:${line})`,
        fix: lineOf(reader, { args: reader.args.filter((arg) => !arg.startsWith('user_readenv')) }),
        ...(purpose === 'login' ? { level: 'warning' as const } : {}),
      };
    });
  },
};

function readsUserFile({ name, args }: Module): boolean {
  return name === 'pam_env.so' && args.some((arg) => /^user_readenv=0*[1-9]/.test(arg));
}

/** A module before the reader gets its environment only when the session closes. */
function runsProgram({ name, args }: Module, before: boolean): boolean {
  if (name !== 'pam_exec.so') return false;
  const only = args.find((arg) => arg.startsWith('type='))?.slice('type='.length);
  return only === undefined || only === 'close_session' || (only === 'open_session' && !before);
}

export const mountBeforePassword: Rule = {
  code: 'mount-before-password',
  level: 'warning',
  why: 'pam_mount gets the password in auth from the module before it. If it is called before that module, it asks for the password itself (“pam_mount password:”); if it is not called in auth at all, it asks again when the session opens.',
  remedy:
    'put `auth optional pam_mount.so` after the modules that ask, where it is called when they succeed',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose !== 'session-with-password' || mount === undefined) return [];
    const auth = modulesOf(situation.profile, 'auth');
    if (!auth.some(asks) || auth.filter(asks).some((module) => isFollowed(situation, module)))
      return [];
    const own = auth.find(isMount);
    const got = own === undefined ? 'none in auth' : 'one that is called before it, or not at all';
    return [
      {
        origin: (own ?? mount).origin,
        message: `wanted pam_mount after the module that asks for the password, got ${got}`,
        fix: 'auth optional pam_mount.so',
      },
    ];
  },
};

/** Whether pam_mount is called after this module when no other module that asks succeeds. */
function isFollowed({ profile }: Situation, asked: Module): boolean {
  const says = (module: Module): Result | null =>
    module !== asked && asks(module) ? 'auth_err' : atBest(module);
  const follows = ({ allowed, called }: Played): boolean =>
    allowed && called.findLastIndex(isMount) > called.indexOf(asked) && called.includes(asked);
  return findPlay(profile.stacks.auth, follows, says) !== null;
}

export const mountWithoutPassword: Rule = {
  code: 'mount-without-password',
  level: 'warning',
  why: 'A session that is opened with pam_rootok has no password: pam_mount asks for it, gets no answer, and mounts only volumes that need no password.',
  remedy: 'add disable_interactive, so that pam_mount does not ask',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose !== 'session' || mount === undefined) return [];
    if (mount.args.includes('disable_interactive')) return [];
    const message =
      'wanted a session that asks nothing, got pam_mount.so, which asks for a password';
    const fix = lineOf(mount, { args: [...mount.args, 'disable_interactive'] });
    return [{ origin: mount.origin, message, fix }];
  },
};

export const mountWithoutCounter: Rule = {
  code: 'mount-without-pmvarrun',
  level: 'warning',
  why: 'pam_mount counts the sessions of a user with the program pmvarrun. Without it, the end of one session unmounts the volumes that other sessions still use.',
  remedy: 'install pmvarrun (Debian: libpam-mount-bin)',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose === 'login' || mount === undefined) return [];
    if (situation.facts.pmvarrun !== false) return [];
    const message =
      'wanted the program pmvarrun for pam_mount.so, got none in /usr/sbin or /usr/bin';
    return [{ origin: mount.origin, message, fix: 'apt-get install libpam-mount-bin' }];
  },
};

export const homeAfterMount: Rule = {
  code: 'home-after-mount',
  level: 'warning',
  why: 'pam_mount creates missing mount points, and with them the home directory. pam_mkhomedir then finds a home directory and does not copy the files of /etc/skel into it.',
  remedy: 'put pam_mkhomedir before pam_mount',
  trial: 'mount.test.ts',
  find: (situation) => {
    if (situation.purpose === 'login') return [];
    const session = called(situation, 'session');
    const mount = session.findIndex(isMount);
    const home = session.findIndex(named('pam_mkhomedir', 'pam_oddjob_mkhomedir'));
    if (mount === -1 || home < mount) return [];
    const { file, line } = session[mount]!.origin;
    const message = `wanted the home directory to be created before volumes are mounted in it, got ${session[home]!.name} after pam_mount.so`;
    return [
      {
        origin: session[home]!.origin,
        message,
        fix: `${lineOf(session[home]!)} # before ${file}:${line}`,
      },
    ];
  },
};

export const groupAfterRootok: Rule = {
  code: 'group-after-rootok',
  level: 'warning',
  why: 'libpam sets credentials with the modules that were called in auth. pam_rootok ends auth, so pam_group after it is never called, and the session does not get its groups.',
  remedy: 'put pam_group before pam_rootok',
  trial: 'group.test.ts',
  find: (situation) => {
    if (situation.purpose !== 'session') return [];
    const played = findPlay(situation.profile.stacks.auth, ({ allowed }) => allowed, atBest);
    if (played?.endedBy?.name !== 'pam_rootok.so') return [];
    const { file, line } = played.endedBy.origin;
    return modulesOf(situation.profile, 'auth')
      .filter((module) => module.name === 'pam_group.so' && !played.called.includes(module))
      .map((module) => ({
        origin: module.origin,
        message: `wanted pam_group.so to be called, got pam_rootok.so before it (${file}:${line}), which ends auth`,
        fix: `${lineOf(module)} # before ${file}:${line}`,
      }));
  },
};

export const scriptSuffices: Rule = {
  code: 'script-suffices',
  level: 'warning',
  why: 'If the script returns 0, the user is signed in, and the modules after it are not called, not even those that refuse locked accounts.',
  remedy: 'make it optional, or required together with a module that asks',
  trial: 'script.test.ts',
  find: ({ profile, purpose }) => {
    if (purpose === 'session') return [];
    return modulesOf(profile, 'auth')
      .filter(({ name, actions }) => name === 'pam_script.so' && actions.success === 'done')
      .map((module) => ({
        origin: module.origin,
        message:
          'wanted a module that checks a password, got pam_script.so, which is sufficient by itself',
        fix: lineOf(module, { control: 'optional' }),
      }));
  },
};
