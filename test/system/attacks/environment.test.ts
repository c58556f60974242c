/** What a user puts into environments and descriptors reaches the user's own program and nothing else of ours. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { SessionId } from '../../../src/protocol/ids.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Terminal, WebClient } from '../../lib/client.ts';
import { ownProcesses, startWith, stopAll } from '../../lib/intruder.ts';
import { listProcesses, type Process } from '../../lib/processes.ts';
import { pamSessionOf } from '../../lib/product.ts';
import type { Server } from '../../lib/server.ts';

/** Set for everybody by /etc/environment, or by the user in ~/.pam_environment. */
const BAD = {
  LD_PRELOAD: '/run/bad/preload.so',
  LD_LIBRARY_PATH: '/run/bad/lib',
  PATH: '/run/bad/bin:/usr/bin:/bin',
  BASH_ENV: '/run/bad/bash-env.sh',
  ENV: '/run/bad/bash-env.sh',
  NODE_OPTIONS: '--require=/run/bad/node.cjs',
  IFS: 'x',
};
/** What an LD_PRELOAD does once it is loaded: it leaves a mark with pid, uid and name. */
const PRELOAD = `
#include <stdio.h>
#include <unistd.h>
extern char *program_invocation_name;
__attribute__((constructor)) static void mark(void) {
    char path[64];
    snprintf(path, sizeof path, "/run/bad/loaded/%d", getpid());
    FILE *file = fopen(path, "w");
    if (file != NULL) { fprintf(file, "%d %s", getuid(), program_invocation_name); fclose(file); }
}
`;
let server: Server;
let ada: Account;
let client: WebClient;
let session: SessionId;
let terminal: Terminal;

before(async () => {
  ada = makeAccount('ada-en');
  for (const path of ['loaded', 'bin', 'lib']) mkdirSync(`/run/bad/${path}`, { recursive: true });
  execFileSync('chmod', ['1777', '/run/bad/loaded']);
  writeFileSync('/run/bad/preload.c', `#define _GNU_SOURCE\n${PRELOAD}`);
  execFileSync('cc', ['-shared', '-fPIC', '-o', BAD.LD_PRELOAD, '/run/bad/preload.c']);
  writeFileSync(BAD.BASH_ENV, 'touch "/run/bad/loaded/bash-env-$(id -u)-$$"\n');
  const all = Object.entries(BAD);
  const lines = (entries: [string, string][]) => entries.map(([k, v]) => `${k}=${v}\n`).join('');
  writeFileSync('/etc/environment', lines(all.slice(0, 4)));
  writeFileSync('/home/ada-en/.pam_environment', lines(all.slice(4)));
  writeFileSync(
    '/etc/pam.d/session-env',
    'auth sufficient pam_rootok.so\naccount required pam_unix.so\nsession required pam_env.so readenv=1 user_readenv=1\nsession required pam_limits.so\n',
  );
  server = await startWith(['auth-pam-sessions-profile=session-env']);
  client = new WebClient(server.url);
  await client.signIn(ada.name, Buffer.from(ada.password));
  ({ session, terminal } = await client.startShell());
});

after(async () => {
  terminal?.ws.terminate();
  client?.close();
  await stopAll(server);
});

const environmentOf = ({ pid }: Process): string[] =>
  readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').slice(0, -1);

/** Descriptor by descriptor, what it leads to. */
function descriptorsOf({ pid }: Process): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return `${fd} ${readlinkSync(`/proc/${pid}/fd/${fd}`)}`;
    } catch {
      return `${fd} closed`;
    }
  });
}

const own = (ending: string): Process[] =>
  ownProcesses().filter(({ argv }) => argv.some((arg) => arg.endsWith(ending)));
const shell = (): Process =>
  listProcesses().find(({ uid, argv }) => uid === ada.uid && argv[0] === '-bash')!;

test('the user’s program has what the environment files say', async () => {
  const environment = environmentOf(shell());
  for (const [name, value] of Object.entries(BAD).slice(0, 4)) {
    assert.ok(environment.includes(`${name}=${value}`), `${name}: ${environment}`);
  }
});

test('none of our processes has any of it', () => {
  for (const process of ownProcesses()) {
    const environment = environmentOf(process).filter((entry) => !/^(npm_|LISTEN_)/.test(entry));
    for (const name of Object.keys(BAD).filter((one) => one !== 'PATH')) {
      assert.equal(
        environment.some((entry) => entry.startsWith(`${name}=`)),
        false,
        process.argv[0],
      );
    }
    assert.equal(
      environment.some((entry) => entry.includes('/run/bad')),
      false,
      process.argv[0],
    );
    const maps = readFileSync(`/proc/${process.pid}/maps`, 'utf8');
    assert.equal(maps.includes('/run/bad'), false, process.argv[0]);
  }
  for (const ending of ['-leader', '-session-host']) {
    for (const process of own(ending)) assert.deepEqual(environmentOf(process), [], ending);
  }
});

test('the library was loaded by programs of the user alone', async () => {
  await terminal.run('/bin/bash -c /bin/true');
  const loaded = readdirSync('/run/bad/loaded');
  const marks = loaded.filter((name) => /^\d+$/.test(name));
  const texts = marks.map((name) => readFileSync(`/run/bad/loaded/${name}`, 'utf8'));
  assert.ok(texts.includes(`${ada.uid} -bash`), texts.join());
  for (const text of texts) assert.match(text, new RegExp(`^${ada.uid} (?!.*vestibule)`));
  const scripts = loaded.filter((name) => name.startsWith('bash-env'));
  assert.ok(scripts.length > 0, 'BASH_ENV was run');
  for (const name of scripts) assert.match(name, new RegExp(`^bash-env-${ada.uid}-`));
});

test('the user’s program has its terminal and nothing of ours', () => {
  const tty = descriptorsOf(shell())[0]!.split(' ')[1]!;
  assert.match(tty, /^\/dev\/pts\/\d+$/);
  assert.deepEqual(
    descriptorsOf(shell()),
    ['0', '1', '2', '255'].map((fd) => `${fd} ${tty}`),
  );
});

/** Names of the sockets that descriptors lead to; '' has none. */
function socketsOf(process: Process): string[] {
  const known = new Map(
    readFileSync('/proc/net/unix', 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .map((fields) => [fields[6], fields[7] ?? ''] as const),
  );
  return descriptorsOf(process).flatMap((text) => {
    const inode = /socket:\[(\d+)\]/.exec(text)?.[1];
    return inode === undefined ? [] : [known.get(inode) ?? `not a Unix socket: ${inode}`];
  });
}

test('session-host and leader hold what their work needs', async () => {
  const [host] = own('-session-host');
  const socket = `/run/vestibule/sessions/${session}/s`;
  assert.deepEqual([...new Set(socketsOf(host!))].sort(), ['', socket]);
  const files = (process: Process) =>
    descriptorsOf(process)
      .map((text) => text.slice(text.indexOf(' ') + 1).replace(/:\[\d+\]$/, ''))
      .filter((name) => name !== 'socket');
  const expected =
    /^(\/dev\/null|\/dev\/ptmx|\/dev\/pts\/ptmx|\/dev\/pts\/\d+|anon_inode:.*|pipe)$/;
  // Open for a moment, when it looks whether the shell has jobs.
  const jobs = `/proc/${shell().pid}/task/${shell().pid}/children`;
  for (const name of files(host!)) if (name !== jobs) assert.match(name, expected);
  const leaders = own('-leader');
  assert.equal(leaders.length, 2);
  // The control socket was bound to that name, and renamed.
  const ends = [
    '',
    '/run/vestibule/rootd/s',
    `/run/vestibule/leaders/${await pamSessionOf(session)}.new`,
  ];
  for (const leader of leaders) {
    for (const name of socketsOf(leader)) assert.ok(ends.includes(name), name);
    for (const name of files(leader)) {
      const more = /^(\/var\/log\/vestibule\/vestibule\.log|\/sys\/fs\/cgroup\/.*)$/;
      assert.ok(expected.test(name) || more.test(name), name);
    }
  }
});

test('gateway and broker hold no key, and neither holds the other’s sockets', () => {
  const [gateway] = own('/gateway.js');
  const [broker] = own('/broker.js');
  for (const process of [gateway!, broker!]) {
    for (const text of descriptorsOf(process)) {
      assert.doesNotMatch(text, /\.key|\.pem|shadow|\/root\//, process.argv[1]);
    }
  }
  assert.equal(
    socketsOf(gateway!).some((name) => name.includes('/cli/')),
    false,
  );
  assert.equal(
    socketsOf(broker!).some((name) => name.startsWith('not a Unix')),
    false,
  );
});

test('no service has a capability, and none can gain one', () => {
  const processes = [...own('/gateway.js'), ...own('/broker.js'), ...own('-session-host')];
  assert.equal(processes.length, 3);
  for (const { pid, argv } of processes) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    assert.match(status, /^CapEff:\t0+$/m, argv.join());
    assert.match(status, /^CapPrm:\t0+$/m, argv.join());
    assert.match(status, /^CapInh:\t0+$/m, argv.join());
    if (argv[1] !== undefined) assert.match(status, /^NoNewPrivs:\t1$/m, argv.join());
  }
});
