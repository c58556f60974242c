/** supervise: what it makes, whom it starts and with what, and that nothing is lost when somebody dies. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import test, { after, before } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { parseServices, type ServiceReport } from '../../src/protocol/services-file.ts';
import { findProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import {
  configure,
  HOME_PORT,
  idOf,
  installStandIns,
  LineClient,
  removeStandIns,
  SESSION_PORT,
  SUPERVISE,
  Supervise,
  setMode,
} from '../lib/supervise.ts';

before(installStandIns);
after(removeStandIns);

const pathOf = (path: string): string => {
  const { mode, uid, gid } = statSync(path);
  return `${(mode & 0o7777).toString(8).padStart(4, '0')} ${uid}:${gid}`;
};

test('directories, sockets and keys have their owners and modes', async () => {
  rmSync(PATHS.hostSecretKey, { force: true });
  rmSync('/var/log/wtmp', { force: true });
  const supervise = new Supervise();
  await supervise.ready();
  const { uid: broker, gid } = idOf('vestibule');
  const { gid: web } = idOf('vestibule-web');
  const utmp = execFileSync('getent', ['group', 'utmp'], { encoding: 'utf8' }).split(':')[2];
  for (const [path, wanted] of [
    [PATHS.run, '0711 0:0'],
    [PATHS.rootd, `0660 0:${gid}`],
    [`${PATHS.run}/rootd`, `0750 0:${gid}`],
    [PATHS.pamTest, '0600 0:0'],
    [`${PATHS.run}/pam-test`, '0700 0:0'],
    [PATHS.leaders, `0750 0:${gid}`],
    [PATHS.sessions, '0711 0:0'],
    [PATHS.brokerForGateway, `0660 0:${web}`],
    [`${PATHS.run}/broker`, `0750 0:${web}`],
    [PATHS.brokerForCli, '0600 0:0'],
    [`${PATHS.run}/cli`, '0700 0:0'],
    [PATHS.state, '0755 0:0'],
    [`${PATHS.state}/root`, '0700 0:0'],
    [`${PATHS.state}/broker`, `0700 ${broker}:${gid}`],
    [PATHS.hostSecretKey, '0600 0:0'],
    [PATHS.hostPublicKey, '0644 0:0'],
    [PATHS.grantKey, '0600 0:0'],
    ['/var/log/wtmp', `0664 0:${utmp}`],
    ['/run/utmp', `0664 0:${utmp}`],
  ] as const) {
    assert.equal(pathOf(path), wanted, path);
  }
  assert.equal(readFileSync(PATHS.hostSecretKey).length, 64);
  assert.deepEqual(
    readFileSync(PATHS.hostPublicKey),
    readFileSync(PATHS.hostSecretKey).subarray(32),
  );
  assert.equal(readFileSync(PATHS.grantKey).length, 32);
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const mine = mounts.filter((line) => line.split(' ')[4] === PATHS.run);
  assert.equal(mine.length, 1);
  assert.match(mine[0]!, /nosuid,nodev,noexec.* - tmpfs .*size=65536k,mode=711/);
  await supervise.stop();
});

test('keys are made once, and a public key that does not fit is made anew', async () => {
  const before = [readFileSync(PATHS.hostSecretKey), readFileSync(PATHS.grantKey)];
  const publicKey = readFileSync(PATHS.hostPublicKey);
  writeFileSync(PATHS.hostPublicKey, Buffer.alloc(32));
  const supervise = new Supervise();
  await supervise.ready();
  assert.deepEqual([readFileSync(PATHS.hostSecretKey), readFileSync(PATHS.grantKey)], before);
  assert.deepEqual(readFileSync(PATHS.hostPublicKey), publicKey);
  await supervise.stop();
});

test('a secret key that is not as it was made is not replaced', async () => {
  const key = readFileSync(PATHS.grantKey);
  writeFileSync(PATHS.grantKey, 'short');
  const supervise = new Supervise();
  assert.equal(await supervise.end, 1);
  assert.match(supervise.log, /grant\.key' wanted a file of 32 bytes/);
  assert.equal(readFileSync(PATHS.grantKey, 'utf8'), 'short');
  writeFileSync(PATHS.grantKey, key);
});

test('services run with their own uid, their descriptors and nothing else of ours', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  for (const [service, user, names] of [
    ['broker', 'vestibule', 'gateway:cli:ready'],
    ['gateway', 'vestibule-web', 'home:session:certificate:certificate-key:ready'],
  ] as const) {
    const { uid, gid } = idOf(user);
    const report = supervise.reports(service)[0]!;
    const count = names.split(':').length;
    const { PATH, ...listen } = report.environment;
    assert.match(PATH!, /^\/usr\/local\/sbin:/);
    assert.deepEqual(listen, {
      LISTEN_FDS: String(count),
      LISTEN_FDNAMES: names,
      LISTEN_PID: String(report.pid),
    });
    assert.equal(report.status.Uid, `${uid}\t${uid}\t${uid}\t${uid}`);
    assert.equal(report.status.Gid, `${gid}\t${gid}\t${gid}\t${gid}`);
    assert.deepEqual(
      report.groups.filter((group) => group !== gid),
      [],
    );
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) {
      assert.match(report.status[set]!, /^0+$/, set);
    }
    assert.equal(report.status.NoNewPrivs, '1');
    assert.match(report.status.SigBlk!, /^0+$/);
    assert.match(report.core, /Max core file size +0 +0/);
    assert.equal(report.sid, report.pid);
    assert.equal(report.cwd, '/');
    assert.equal(report.umask, 0o022);
    assert.equal(report.open[0], '/dev/null');
    assert.equal(report.open[1], report.open[2]);
    assert.match(report.open[3]!, /^socket:/);
    assert.match(report.open[4]!, /^socket:/);
    assert.match(report.open[3 + count - 1]!, /^pipe:/);
    // Node has its own above; ours would be sockets, files, or directories.
    const others = report.open
      .slice(3 + count)
      .filter((name) => /^(socket:|\/(?!dev\/))/.test(name));
    assert.deepEqual(others, [], service);
  }
  const gateway = supervise.reports('gateway')[0]!;
  assert.deepEqual(gateway.open.slice(5, 7), [PATHS.certificate, PATHS.certificate]);
  assert.equal(gateway.certificate, 'certificate 1');
  const rootd = readFileSync(`/proc/${supervise.pidOf('rootd')}/status`, 'utf8');
  assert.match(rootd, /^Uid:\t0\t0\t0\t0$/m);
  await supervise.stop();
});

test('the announcement is printed when broker and gateway are ready, and removed', async () => {
  const file = '/run/announcement';
  writeFileSync(file, 'line one\nline two\n', { mode: 0o600 });
  setMode('broker', 'exit');
  const supervise = new Supervise('--announce', file);
  await supervise.logged(/gateway is ready/);
  await supervise.logged(/broker ended with status 3/);
  assert.equal(supervise.output, '');
  assert.ok(existsSync(file));
  setMode('broker', 'ready');
  if (supervise.output === '') await once(supervise.child.stdout!, 'data');
  assert.equal(supervise.output, 'line one\nline two\n');
  process.kill(supervise.pidOf('gateway'), 'SIGKILL');
  await supervise.logged(/gateway is ready/, supervise.log.length);
  assert.ok(!existsSync(file));
  await supervise.stop();
  assert.equal(supervise.output, 'line one\nline two\n');
});

test('the log goes to a file that only root can read, the last word to the terminal', async () => {
  const file = '/var/log/vestibule-test.log';
  rmSync(file, { force: true });
  const finish = ['/bin/sh', '-c', 'echo "$0 $1"; echo "on stderr" >&2', '--log', 'two words'];
  const announcement = '/run/announcement';
  writeFileSync(announcement, 'ready\n');
  const supervise = new Supervise('--log', file, '--announce', announcement, '--finish', ...finish);
  await once(supervise.child.stdout!, 'data');
  supervise.child.kill('SIGINT');
  await supervise.allEnd;
  assert.equal(await supervise.end, 0);
  assert.equal(supervise.output, 'ready\n--log two words\n');
  assert.equal(supervise.log, 'on stderr\n');
  assert.equal(pathOf(file), '0600 0:0');
  assert.match(readFileSync(file, 'utf8'), /"service":"gateway"/);
  rmSync(file);
});

test('each service is started again when it is killed, and clients queue meanwhile', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  for (const service of ['rootd', 'broker', 'gateway']) {
    const after = supervise.log.length;
    const pid = supervise.pidOf(service);
    process.kill(pid, 'SIGKILL');
    await supervise.logged(new RegExp(`${service} ended with signal 9`), after);
    const to = { rootd: PATHS.rootd, broker: PATHS.brokerForGateway, gateway: HOME_PORT }[service]!;
    const client = new LineClient(to);
    assert.match(
      (await client.line())!,
      new RegExp(service === 'rootd' ? '^leader ' : `^${service}$`),
    );
    await supervise.logged(new RegExp(`${service} started as process`), after);
    assert.notEqual(supervise.pidOf(service), pid);
    client.socket.destroy();
  }
  await supervise.stop();
});

test('a service that ends at once is started again later and later', async () => {
  setMode('broker', 'exit');
  const supervise = new Supervise();
  for (let ends = 0, after = 0; ends < 5; ends++) {
    const match = await supervise.logged(/broker ended with status 3/, after);
    after += match.index + 1;
  }
  const starts = supervise.reports('broker').map(({ at }) => at);
  const gaps = starts.slice(1).map((at, index) => at - starts[index]!);
  for (const [index, delay] of [100, 200, 400, 800].entries()) {
    // The stand-in's own clock starts after its fork, by a time that varies.
    assert.ok(gaps[index]! > delay * 0.8, `gap ${index} is ${gaps[index]} ms, wanted ${delay}`);
  }
  setMode('broker', 'ready');
  await supervise.ready();
  await supervise.stop();
});

test('what runs, and why a service does not, is told to root in a file that is whole', async () => {
  setMode('broker', 'exit');
  setMode('gateway', 'explain');
  const supervise = new Supervise();
  await supervise.logged(/gateway ended with status 4[\s\S]*gateway ended with status 4/);
  await supervise.logged(/broker ended with status 3/);
  const told = (): readonly ServiceReport[] => {
    const { services, ...rest } = parseServices(readFileSync(PATHS.services, 'utf8'));
    assert.equal(rest.supervise, supervise.child.pid);
    return services;
  };
  await until(() => told()[2]!.failures >= 2 && told()[1]!.failures >= 1, 'failures are told');
  const [rootd, broker, gateway] = told();
  assert.deepEqual(rootd, { name: 'rootd', state: 'running', failures: 0, reason: '' });
  assert.equal(broker?.reason, 'it ended with status 3');
  assert.equal(gateway?.reason, 'no \x1b room');
  assert.equal(pathOf(PATHS.services), '0600 0:0');
  setMode('broker', 'ready');
  setMode('gateway', 'ready');
  await supervise.ready();
  await until(() => told().every(({ state }) => state === 'running'), 'they run');
  assert.deepEqual(told()[2], { name: 'gateway', state: 'running', failures: 0, reason: '' });
  await supervise.stop();
});

test('a report of services that cannot be written ends nothing, and no old one stays', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  await until(() => existsSync(PATHS.services), 'it is written');
  mkdirSync(`${PATHS.services}.new`);
  const after = supervise.log.length;
  process.kill(supervise.pidOf('gateway'), 'SIGKILL');
  await supervise.logged(/cannot write '.*services': .*; 'vestibule status' cannot show/, after);
  assert.ok(!existsSync(PATHS.services));
  rmSync(`${PATHS.services}.new`, { recursive: true });
  await supervise.logged(/gateway is ready/, after);
  process.kill(supervise.pidOf('gateway'), 'SIGKILL');
  await until(() => existsSync(PATHS.services), 'it is written again');
  await supervise.stop();
});

test('SIGHUP after the log was moved: supervise and all services write the new one', async () => {
  const log = '/tmp/moved/vestibule.log';
  mkdirSync('/tmp/moved');
  const supervise = new Supervise('--log', log);
  const lines = () => readFileSync(log, 'utf8');
  const ready = () =>
    existsSync(log) && ['broker', 'gateway'].every((name) => lines().includes(`${name} is ready`));
  await until(ready, 'the services are ready');
  renameSync(log, `${log}.1`);
  supervise.child.kill('SIGHUP');
  await until(ready, 'the services are ready again, in the new log');
  assert.match(lines(), /rootd started as process/);
  await supervise.stop();
  rmSync('/tmp/moved', { recursive: true });
});

test('SIGHUP starts the gateway anew, with the new certificate, and nothing else', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  const pids = ['rootd', 'broker'].map((service) => supervise.pidOf(service));
  writeFileSync(PATHS.certificate, 'certificate 2');
  const after = supervise.log.length;
  supervise.child.kill('SIGHUP');
  await supervise.logged(/gateway ended with status 0/, after);
  await supervise.logged(/gateway is ready/, after);
  assert.equal(supervise.reports('gateway').at(-1)!.certificate, 'certificate 2');
  assert.deepEqual(
    ['rootd', 'broker'].map((service) => supervise.pidOf(service)),
    pids,
  );
  await supervise.stop();
});

test('a certificate that cannot be read is said, and read when it is there', async () => {
  rmSync(PATHS.certificate);
  const supervise = new Supervise();
  await supervise.logged(
    /the gateway does not start: cannot read '.*certificate\.pem': No such file/,
  );
  writeFileSync(PATHS.certificate, 'certificate 3');
  await supervise.ready();
  assert.equal(supervise.reports('gateway').at(-1)!.certificate, 'certificate 3');
  await supervise.stop();
});

test('SIGTERM stops gateway, broker and rootd, in this order', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  await supervise.stop();
  const ends = [...supervise.log.matchAll(/(\w+) ended with/g)].map(([, name]) => name);
  assert.deepEqual(ends, ['gateway', 'broker', 'rootd']);
});

test('a service that does not heed SIGTERM is killed', async () => {
  setMode('gateway', 'stubborn');
  const supervise = new Supervise();
  await supervise.ready();
  await supervise.stop();
  setMode('gateway', 'ready');
  assert.match(supervise.log, /gateway did not end in 5000 ms: killing it/);
  assert.match(supervise.log, /gateway ended with signal 9/);
});

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}

test('kill -9 of supervise ends its services, and a leader lives on', async () => {
  const supervise = new Supervise();
  await supervise.ready();
  const leader = new LineClient(PATHS.rootd);
  const pid = Number((await leader.line())!.split(' ')[1]);
  const gateway = new LineClient(HOME_PORT);
  const broker = new LineClient(PATHS.brokerForGateway);
  assert.deepEqual([await gateway.line(), await broker.line()], ['gateway', 'broker']);
  supervise.child.kill('SIGKILL');
  assert.equal(await supervise.end, 'SIGKILL');
  assert.deepEqual([await gateway.line(), await broker.line()], [null, null]);
  // The kernel closes what a killed process held one by one: its connections may go before what it listened on.
  while (!(await isFree(HOME_PORT)));

  const next = new Supervise();
  await next.ready();
  assert.deepEqual(
    findProcesses('vestibule-rootd').map((found) => found.pid),
    [next.pidOf('rootd')],
  );
  assert.equal(await leader.ask('byte'), 'written');
  const other = new LineClient(PATHS.rootd);
  assert.match((await other.line())!, /^leader /);
  await next.stop();
  process.kill(pid, 0);
  assert.equal(await leader.ask('byte'), 'written', 'a stop of the server leaves leaders, too');
  leader.socket.destroy();
  other.socket.destroy();
  await supervise.allEnd;
});

test('a busy port is named', async () => {
  for (const [port, option] of [
    [HOME_PORT, 'www-port'],
    [SESSION_PORT, 'www-session-port'],
  ] as const) {
    const busy = createServer().listen(port, '127.0.0.1');
    await once(busy, 'listening');
    const supervise = new Supervise();
    assert.equal(await supervise.end, 1);
    assert.match(
      supervise.log,
      new RegExp(`127\\.0\\.0\\.1:${port} is busy.* another '${option}'`),
    );
    busy.close();
    await once(busy, 'close');
  }
});

test('a second supervise is refused, whatever its ports', async () => {
  const first = new Supervise();
  await first.ready();
  configure(HOME_PORT + 10, SESSION_PORT + 10);
  const second = new Supervise();
  assert.equal(await second.end, 1);
  assert.match(second.log, /does another vestibule-supervise run\? Stop it first/);
  configure(HOME_PORT, SESSION_PORT);
  assert.equal(await new LineClient(PATHS.brokerForGateway).line(), 'broker');
  await first.stop();
});

test('whoever is not root, wrong words and a wrong configuration are refused', async () => {
  const child = spawn(SUPERVISE, [], {
    uid: 61_000,
    gid: 61_000,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data) => {
    text += data;
  });
  assert.deepEqual(await once(child, 'close'), [1, null]);
  assert.match(text, /wanted uid 0, got uid 61000/);
  for (const [args, wanted] of [
    [['--nonsense'], /usage: vestibule-supervise/],
    [['--finish'], /usage: vestibule-supervise/],
    [['word'], /wanted options only, got 'word'/],
  ] as const) {
    const supervise = new Supervise(...args);
    assert.equal(await supervise.end, 1);
    await supervise.allEnd;
    assert.match(supervise.log, wanted);
  }
  writeFileSync(PATHS.configuration, 'www-port=0x50\nnonsense=1\n');
  const supervise = new Supervise();
  assert.equal(await supervise.end, 1);
  await supervise.allEnd;
  assert.match(supervise.log, /vestibule\.conf:1: .*\n.*vestibule\.conf:2: .*\n.*problems above/);
  configure(HOME_PORT, SESSION_PORT);
});

test('a missing user is named', async () => {
  execFileSync('usermod', ['-l', 'vestibule-gone', 'vestibule-web']);
  const supervise = new Supervise();
  assert.equal(await supervise.end, 1);
  await supervise.allEnd;
  assert.match(supervise.log, /there is no user 'vestibule-web'/);
  execFileSync('usermod', ['-l', 'vestibule-web', 'vestibule-gone']);
});
