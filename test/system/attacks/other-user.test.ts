/** Another local user, and a session's own: they enter nothing, connect to nothing, and put nothing into its place. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  LEADER_PROTOCOL_VERSION,
  MAX_ROOT_FRAME,
  PATHS,
  toLeader,
} from '../../../src/protocol/broker-leader.ts';
import { encode } from '../../../src/protocol/codec.ts';
import { FrameStream } from '../../../src/protocol/frame.ts';
import type { DialInfo } from '../../../src/protocol/gateway-broker.ts';
import { SESSION_PROTOCOL_VERSION, toSession } from '../../../src/protocol/gateway-session.ts';
import type { PamSessionId, SessionId } from '../../../src/protocol/ids.ts';
import { CLOSE_CODES } from '../../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { type Terminal, WebClient } from '../../lib/client.ts';
import {
  connectQuickly,
  FalseGateway,
  logged,
  runAs,
  startWith,
  stopAll,
} from '../../lib/intruder.ts';
import { pamSessionOf } from '../../lib/product.ts';
import type { Server } from '../../lib/server.ts';

/** The installed one: the clone may lie where only root may enter. */
const NODE = '/usr/local/lib/vestibule/current/bin/node';
let server: Server;
let ada: Account;
let eve: Account;
let client: WebClient;
let session: SessionId;
let pamSession: PamSessionId;
let terminal: Terminal;

before(async () => {
  ada = makeAccount('ada-ou');
  eve = makeAccount('eve-ou');
  // What pam_umask sets binds the leader too, which makes directories and sockets after it.
  writeFileSync(
    '/etc/pam.d/session-077',
    'auth sufficient pam_rootok.so\naccount required pam_unix.so\nsession required pam_umask.so umask=077\n',
  );
  server = await startWith(['auth-pam-sessions-profile=session-077']);
  client = new WebClient(server.url);
  await client.signIn(ada.name, Buffer.from(ada.password));
  ({ session, terminal } = await client.startShell());
  pamSession = await pamSessionOf(session);
});

after(async () => {
  terminal?.ws.terminate();
  client?.close();
  await stopAll(server);
});

const directory = (): string => `${PATHS.sessions}/${session}`;
const sockets = (): string[] => [
  ...[PATHS.rootd, PATHS.pamTest, PATHS.brokerForGateway, PATHS.brokerForCli],
  ...[`${PATHS.leaders}/${pamSession}`, `${directory()}/s`],
];
const CONNECT =
  "require('net').connect(process.argv[1]).on('connect',()=>console.log('connected')).on('error',(e)=>console.log(e.code))";

test('under umask 077 every directory and socket has the mode that it must have', async () => {
  assert.match(await terminal.run('umask'), /^0077$/m);
  const mode = (path: string): string => {
    const { mode: bits, uid, gid } = statSync(path);
    const group = execFileSync('getent', ['group', String(gid)], { encoding: 'utf8' });
    return `${uid}:${group.split(':')[0]} ${(bits & 0o7777).toString(8)}`;
  };
  assert.deepEqual(
    Object.fromEntries(
      [
        ...[PATHS.run, `${PATHS.run}/rootd`, PATHS.leaders, PATHS.sessions, `${PATHS.run}/broker`],
        ...[
          `${PATHS.run}/pam-test`,
          `${PATHS.run}/cli`,
          `${PATHS.state}/root`,
          directory(),
          ...sockets(),
        ],
      ].map((path) => [path.replace(session, 'ID').replace(pamSession, 'ID'), mode(path)]),
    ),
    {
      '/run/vestibule': '0:root 711',
      '/run/vestibule/rootd': '0:vestibule 750',
      '/run/vestibule/pam-test': '0:root 700',
      '/run/vestibule/leaders': '0:vestibule 750',
      '/run/vestibule/sessions': '0:root 711',
      '/run/vestibule/broker': '0:vestibule-web 750',
      '/run/vestibule/cli': '0:root 700',
      '/var/lib/vestibule/root': '0:root 700',
      '/run/vestibule/sessions/ID': '0:vestibule-web 710',
      '/run/vestibule/rootd/s': '0:vestibule 660',
      '/run/vestibule/pam-test/s': '0:root 600',
      '/run/vestibule/broker/s': '0:vestibule-web 660',
      '/run/vestibule/cli/s': '0:root 600',
      '/run/vestibule/leaders/ID': '0:vestibule 660',
      '/run/vestibule/sessions/ID/s': '0:vestibule-web 660',
    },
  );
});

test('neither another user nor the session’s own sees, enters, connects to or changes anything of ours', () => {
  const directories = ['rootd', 'pam-test', 'leaders', 'broker', 'cli', `sessions/${session}`];
  const hidden = [...directories.map((name) => `${PATHS.run}/${name}`)];
  hidden.push(`${PATHS.state}/root`, `${PATHS.state}/broker`, '/var/log/vestibule/vestibule.log');
  for (const user of [eve.name, ada.name]) {
    for (const path of [PATHS.run, PATHS.sessions, ...hidden]) {
      const { status, stdout } = runAs(user, `ls ${path} 2>&1 && cat ${path}`);
      assert.notEqual(status, 0, `${user} lists ${path}: ${stdout}`);
    }
    for (const path of hidden) assert.notEqual(runAs(user, `cd ${path}`).status, 0, path);
    const tries = sockets().map((path) => `${NODE} -e "${CONNECT}" ${path}`);
    const { stdout } = runAs(user, tries.join('; '));
    assert.deepEqual(stdout.trim().split('\n'), Array(6).fill('EACCES'), user);
    for (const path of [PATHS.run, PATHS.sessions, PATHS.state, ...hidden]) {
      assert.notEqual(
        runAs(user, `touch ${path}/x || mkdir ${path}/y || mv ${path} /tmp/z`).status,
        0,
      );
    }
  }
});

test('the session’s user cannot put a symlink, a socket or a directory in the socket’s place', async () => {
  const before = statSync(`${directory()}/s`);
  for (const target of [
    PATHS.brokerForGateway,
    PATHS.rootd,
    `${PATHS.sessions}/other/s`,
    '/tmp/s',
  ]) {
    const script = `ln -sfn ${target} ${directory()}/s || ln -s ${target} ${directory()}/t || mv ${directory()} ${directory()}.old || ln -s / ${PATHS.sessions}/${session}x`;
    assert.notEqual(runAs(ada.name, script).status, 0, target);
    assert.doesNotMatch(await terminal.run(`{ ${script}; } >&- 2>&- && echo 'do''ne'`), /done/);
  }
  assert.notEqual(runAs(ada.name, `rm -rf ${directory()}/s ${directory()}`).status, 0);
  const now = statSync(`${directory()}/s`);
  assert.deepEqual([now.ino, now.uid, now.mode], [before.ino, before.uid, before.mode]);
  // A viewer who comes now comes to the same shell.
  await terminal.run('MARK=same');
  const again = await client.openTerminal(session, await client.enter(session));
  assert.match(await again.run('echo "mark $MARK"'), /^mark same$/m);
  again.ws.terminate();
});

/** Resolves with the first bytes, or null when there were none. */
async function firstFrame(frames: FrameStream): Promise<Buffer | null> {
  return await frames.next().catch(() => null);
}

test('with the directories open to all, each C end still refuses by the peer’s uid', async () => {
  const gateway = await FalseGateway.connect();
  const pass = client.cookies.get(`__Secure-vestibule-session /s/${session}/`)!;
  const dial = (await gateway.ask('session-dial', { pass, session })).ok as DialInfo;
  gateway.close();
  const key = Buffer.from(dial.key, 'base64');
  const paths = [PATHS.rootd, `${PATHS.leaders}/${pamSession}`, `${directory()}/s`];
  const opened = [...paths, `${PATHS.run}/rootd`, PATHS.leaders, directory()];
  const modes = opened.map((path) => [path, statSync(path).mode & 0o7777] as const);
  for (const path of opened) chmodSync(path, 0o777);
  try {
    for (const user of [eve.name, ada.name, 'vestibule-web']) {
      for (const path of paths.slice(0, 2)) {
        const frames = new FrameStream(connectQuickly(user, path), MAX_ROOT_FRAME);
        frames.send(encode(toLeader, { name: 'hello', version: LEADER_PROTOCOL_VERSION }));
        assert.equal(await firstFrame(frames), null, `${user} at ${path}`);
      }
    }
    const size = { rows: 24, columns: 80 };
    const version = SESSION_PROTOCOL_VERSION;
    const hello = { name: 'hello', version, key, viewer: 0n, from: 0n, ...size } as const;
    for (const user of [eve.name, ada.name, 'vestibule']) {
      const frames = new FrameStream(connectQuickly(user, paths[2]!), MAX_ROOT_FRAME);
      frames.send(encode(toSession, hello));
      assert.equal(await firstFrame(frames), null, `${user} with the right key`);
    }
    const frames = new FrameStream(connectQuickly('vestibule-web', paths[2]!), MAX_ROOT_FRAME);
    frames.send(encode(toSession, hello));
    assert.equal((await firstFrame(frames))?.[0], 2, 'the gateway with the right key is taken');
    frames.destroy();
  } finally {
    for (const [path, mode] of modes) chmodSync(path, mode);
  }
  await logged(
    new RegExp(`vestibule-rootd.*refused a connection of uid ${eve.uid}: wanted uid 0 or`),
  );
  await logged(/vestibule-leader.*connection refused: wanted root or user vestibule/);
});

test('nobody takes the place of a session that has ended', async () => {
  const { session: own, terminal: place } = await client.startShell();
  await client.endSession(own);
  await place.closed;
  await logged(new RegExp(`"session-ended".*${own}`));
  const path = `${PATHS.sessions}/${own}`;
  for (const user of [ada.name, eve.name]) {
    assert.notEqual(runAs(user, `mkdir ${path} || mkdir -p ${path}/s`).status, 0);
    const listen =
      "require('net').createServer().listen(process.argv[1],()=>process.exit(0)).on('error',()=>process.exit(1))";
    assert.equal(runAs(user, `${NODE} -e "${listen}" ${path}`).status, 1);
    assert.equal(runAs(user, `${NODE} -e "${listen}" ${PATHS.leaders}/${own}`).status, 1);
  }
  const again = await client.openTerminal(own, new URL('https://localhost:9444'));
  // Its passes have gone with it.
  assert.equal(await again.closed, CLOSE_CODES.signedOut);
});

test('another user reads nothing of a session’s processes', () => {
  const pids = execFileSync('pgrep', ['-u', String(ada.uid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  for (const pid of pids) {
    for (const name of ['environ', 'mem', 'maps', 'fd/0', 'root/']) {
      assert.notEqual(
        runAs(eve.name, `ls -l /proc/${pid}/${name} && cat /proc/${pid}/${name}`).status,
        0,
      );
    }
  }
  // Nor does the session's own user of its session-host, which has the key.
  const host = execFileSync('pgrep', ['-f', 'bin/vestibule-session-host'], {
    encoding: 'utf8',
  }).trim();
  assert.ok(readFileSync(`/proc/${host}/status`, 'utf8').includes(`Uid:\t${ada.uid}\t`));
  for (const name of ['environ', 'mem', 'maps', 'fd/3']) {
    assert.notEqual(runAs(ada.name, `cat /proc/${host}/${name}`).status, 0, name);
  }
});
