/** Modules that make places: homes, temporary directories, mounts. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';
import type { Items } from '../items.ts';
import { ORACLE } from '../machine.ts';

const INSTANCES = `${ORACLE}/tmp-instances/`;

export const homeCases: readonly Case[] = [
  {
    name: 'pam_mkhomedir',
    stack: stackOf({ session: ['required pam_mkhomedir.so umask=0077'] }),
    reset: ({ name }) => rmSync(`/home/${name}`, { recursive: true, force: true }),
    during: ({ name }) => modeOf('home', `/home/${name}`),
    shows: {
      cwd: '/home/o-pam-mkhomedir',
      home: /^\d+ 0700$/,
      'PAM says': "Creating directory '/home/o-pam-mkhomedir'.",
    },
  },
  {
    name: 'no home directory',
    stack: stackOf({}),
    reset: ({ name }) => rmSync(`/home/${name}`, { recursive: true, force: true }),
    shows: { cwd: '/', 'environment HOME': '/home/o-no-home-directory' },
  },
  {
    name: 'pam_tmpdir',
    stack: stackOf({ session: ['required pam_tmpdir.so'] }),
    during: ({ uid }) => modeOf('temporary directory', `/tmp/user/${uid}`),
    shows: { 'environment TMPDIR': /^\/tmp\/user\/\d+$/, 'temporary directory': /^\d+ 0700$/ },
  },
  {
    name: 'pam_namespace',
    stack: stackOf({ session: ['required pam_namespace.so'] }),
    prepare: () => {
      mkdirSync(INSTANCES, { mode: 0o000 });
      writeFileSync('/etc/security/namespace.conf', `/tmp ${INSTANCES} user root\n`);
    },
    second: true,
    shows: {
      '/tmp': /^own, /,
      'namespace mnt': 'own',
      'second program: /tmp': 'the same',
      'second program: namespace mnt': 'the same',
    },
  },
  {
    name: 'pam_mount, a tmpfs',
    stack: stackOf({ session: ['required pam_mount.so disable_interactive'] }),
    prepare: ({ name }) => {
      const volume = `<volume user="${name}" fstype="tmpfs" path="scratch" mountpoint="/home/${name}/scratch" options="size=1M,mode=0700,uid=${name}" />`;
      writeFileSync(
        '/etc/security/pam_mount.conf.xml',
        `<?xml version="1.0"?><pam_mount><debug enable="0" />${volume}<mkmountpoint enable="1" remove="true" /></pam_mount>`,
      );
    },
    second: true,
    during: ({ name }) => modeOf('mounted directory', `/home/${name}/scratch`),
    afterwards: ({ name }) =>
      new Map([
        ['after the end: mount', isMounted(`/home/${name}/scratch`) ? 'still there' : 'gone'],
      ]),
    shows: {
      'mount /home/o-pam-mount-a-tmpfs/scratch': 'tmpfs',
      'mounted directory': /^\d+ 0700$/,
      'after the end: mount': 'gone',
    },
  },
];

function modeOf(item: string, path: string): Items {
  const { uid, mode } = statSync(path);
  return new Map([[item, `${uid} ${(mode & 0o7777).toString(8).padStart(4, '0')}`]]);
}

function isMounted(path: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${path} `);
}
