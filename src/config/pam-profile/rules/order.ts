/** Modules that work, but not in this order. */
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

/** In the order in which they are called when all goes well. */
function called({ profile }: Situation, facility: 'auth' | 'session'): readonly Module[] {
  const entries = profile.stacks[facility];
  return findPlay(entries, ({ allowed }) => allowed, atBest)?.called ?? [];
}

export const readenvBeforeProgram: Rule = {
  code: 'readenv-runs-as-root',
  level: 'error',
  why: 'user_readenv=1 takes variables such as LD_PRELOAD from a file of the user’s, and modules that run programs give them the session’s environment: the user’s code runs as root, at the opening or at the close of the session.',
  mend: 'remove user_readenv=1',
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
        message: `wanted an environment that root's programs can be run with, came one that the user writes, for ${program.name} (${file}:${line})`,
        fix: lineOf(reader, { args: reader.args.filter((arg) => !arg.startsWith('user_readenv')) }),
        ...(purpose === 'login' ? { level: 'warning' as const } : {}),
      };
    });
  },
};

function readsUserFile({ name, args }: Module): boolean {
  return name === 'pam_env.so' && args.some((arg) => /^user_readenv=0*[1-9]/.test(arg));
}

/** What stands before the reader runs with its environment at the close only. */
function runsProgram({ name, args }: Module, before: boolean): boolean {
  if (name !== 'pam_exec.so') return false;
  const only = args.find((arg) => arg.startsWith('type='))?.slice('type='.length);
  return only === undefined || only === 'close_session' || (only === 'open_session' && !before);
}

export const mountBeforePassword: Rule = {
  code: 'mount-before-password',
  level: 'warning',
  why: 'pam_mount takes the password in auth, from the module before it. Before that module it asks in words of its own (“pam_mount password:”), and where auth does not reach it at all it asks once more when the session opens.',
  mend: 'put `auth optional pam_mount.so` behind the modules that ask, where their success leads past it',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose !== 'session-with-password' || mount === undefined) return [];
    const auth = modulesOf(situation.profile, 'auth');
    if (!auth.some(asks) || auth.filter(asks).some((module) => isFollowed(situation, module)))
      return [];
    const own = auth.find(isMount);
    const came = own === undefined ? 'none in auth' : 'one that is called before it, or not at all';
    return [
      {
        origin: (own ?? mount).origin,
        message: `wanted pam_mount behind the module that takes the password, came ${came}`,
        fix: 'auth optional pam_mount.so',
      },
    ];
  },
};

/** Whether pam_mount is called behind this module when it alone says yes. */
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
  why: 'A session that pam_rootok opens has no password: pam_mount asks for it, gets no answer, and mounts only what needs none.',
  mend: 'keep pam_mount from asking: disable_interactive',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose !== 'session' || mount === undefined) return [];
    if (mount.args.includes('disable_interactive')) return [];
    const message =
      'wanted a session that asks nothing, came pam_mount.so, which asks for a password';
    const fix = lineOf(mount, { args: [...mount.args, 'disable_interactive'] });
    return [{ origin: mount.origin, message, fix }];
  },
};

export const mountWithoutCounter: Rule = {
  code: 'mount-without-pmvarrun',
  level: 'warning',
  why: 'pam_mount counts a user’s sessions with the program pmvarrun. Without it the end of any session unmounts under the others.',
  mend: 'install pmvarrun (Debian: libpam-mount-bin)',
  trial: 'mount.test.ts',
  find: (situation) => {
    const mount = called(situation, 'session').find(isMount);
    if (situation.purpose === 'login' || mount === undefined) return [];
    if (situation.facts.pmvarrun !== false) return [];
    const message =
      'wanted the program pmvarrun for pam_mount.so, came none in /usr/sbin or /usr/bin';
    return [{ origin: mount.origin, message, fix: 'apt-get install libpam-mount-bin' }];
  },
};

export const homeAfterMount: Rule = {
  code: 'home-after-mount',
  level: 'warning',
  why: 'pam_mount makes missing mount points, and with them the home directory: pam_mkhomedir finds one and leaves it without its files.',
  mend: 'put pam_mkhomedir before pam_mount',
  trial: 'mount.test.ts',
  find: (situation) => {
    if (situation.purpose === 'login') return [];
    const session = called(situation, 'session');
    const mount = session.findIndex(isMount);
    const home = session.findIndex(named('pam_mkhomedir', 'pam_oddjob_mkhomedir'));
    if (mount === -1 || home < mount) return [];
    const { file, line } = session[mount]!.origin;
    const message = `wanted a home directory before anything is mounted in it, came ${session[home]!.name} behind pam_mount.so`;
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
  why: 'libpam sets credentials with the modules that authenticated. pam_rootok ends auth, so that pam_group behind it is never called and its groups are missing in the session.',
  mend: 'put pam_group before pam_rootok',
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
        message: `wanted pam_group.so to be called, came pam_rootok.so before it (${file}:${line}), which ends auth`,
        fix: `${lineOf(module)} # before ${file}:${line}`,
      }));
  },
};

export const scriptSuffices: Rule = {
  code: 'script-suffices',
  level: 'warning',
  why: 'Whatever the script in auth returns 0 for signs in, and the modules behind it, those that refuse locked accounts included, are not asked.',
  mend: 'make it optional, or required together with a module that asks',
  trial: 'script.test.ts',
  find: ({ profile, purpose }) => {
    if (purpose === 'session') return [];
    return modulesOf(profile, 'auth')
      .filter(({ name, actions }) => name === 'pam_script.so' && actions.success === 'done')
      .map((module) => ({
        origin: module.origin,
        message:
          'wanted a module that checks a password, came pam_script.so, which alone is enough',
        fix: lineOf(module, { control: 'optional' }),
      }));
  },
};
