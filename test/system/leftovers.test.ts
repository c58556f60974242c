/** The checker of the property test and of others names every kind of thing that could be left, and what is missing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { once } from 'node:events';
import { appendFileSync, mkdirSync, rmdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from '../lib/accounts.ts';
import { agree, type Expected, inspect, readBaseline } from '../lib/check-machine.ts';
import { withDatabase } from '../lib/database.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { becoming } from '../lib/intruder.ts';
import { ADD_KEY, KEYCTL } from '../lib/keyring.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { listProcesses } from '../lib/processes.ts';
import { Product, until } from '../lib/product.ts';
import { ownCgroup } from '../lib/read-machine.ts';
import { makeUtmpRow } from '../lib/utmp.ts';

const ID = 'f'.repeat(32);
/** Another: the broker looks for the leader of a socket that it saw, and settles that session. */
const ROW = 'e'.repeat(32);
let product: Product;
let ada: Account;
let person: Person;
let expected: Expected;

before(async () => {
  ada = makePrivateAccount('ada');
  preparePam();
  product = await Product.install();
  await product.start();
  expected = { running: new Set(), accounts: [ada], before: await readBaseline([ada]) };
  person = new Person(ada);
  assert.equal(await person.signIn(), null);
  const { id } = await person.client!.startTerminal();
  expected = { ...expected, running: new Set([id]), tickets: 1 };
  await agree(expected);
});
after(async () => {
  person?.leave();
  await product?.wipe();
});

const USER_KEYRING = -4;
const KEYCTL_CLEAR = 7;

function asAda(...command: readonly string[]): void {
  const [program, ...args] = [...becoming(ada.name), ...command];
  execFileSync(program!, args, { cwd: '/', stdio: 'ignore' });
}

function write(...statements: readonly string[]): void {
  withDatabase((database) => {
    for (const statement of statements) database.exec(statement);
  });
}

const session = (state: string, ended: string): string =>
  `INSERT INTO sessions (id, user, uid, kind, name, state, origin, address, pid, started, ended, last_words)
   VALUES ('${ROW}', 'ada', ${ada.uid}, 'terminal', 'T', '${state}', 'gateway', '', 1, 1, ${ended}, '')`;
const pass = `INSERT INTO passes (hash, ticket, session) SELECT x'00', id, '${ROW}' FROM tickets`;
const forget = `DELETE FROM sessions WHERE id = '${ROW}'`;

interface Planted {
  readonly what: string;
  readonly named: RegExp;
  readonly plant: () => unknown;
  readonly remove: () => unknown;
}

const planted: readonly Planted[] = [
  {
    what: 'a process of the user',
    named: /^processes: not wanted \[\d+ sleep 4242 \(uid \d+\)\]$/,
    plant: () => asAda('setsid', '-f', 'sleep', '4242'),
    remove: () => execFileSync('pkill', ['-KILL', '-x', '-f', 'sleep 4242']),
  },
  {
    what: 'a leader without a session',
    named: /^processes: not wanted \[\d+ \/x\/vestibule-leader 4243 \(uid 0\)\]$/,
    plant: () => {
      const script = 'exec -a /x/vestibule-leader sleep 4243';
      execFileSync('setsid', ['-f', 'bash', '-c', script], { stdio: 'ignore' });
    },
    remove: () => execFileSync('pkill', ['-KILL', '-f', 'vestibule-leader 4243']),
  },
  {
    what: 'a utmp row',
    named: /^utmp: not wanted \[ada@pts\/4242\]$/,
    plant: () => appendFileSync('/run/utmp', makeUtmpRow('ada', 'pts/4242')),
    remove: () => truncateSync('/run/utmp', 384),
  },
  {
    what: 'a cgroup',
    named: new RegExp(`^cgroups: not wanted \\[vestibule-${ID}\\]$`),
    plant: () => mkdirSync(`${ownCgroup()}/vestibule-${ID}`),
    remove: () => rmdirSync(`${ownCgroup()}/vestibule-${ID}`),
  },
  {
    what: 'a directory',
    named: new RegExp(`^files: not wanted \\[sessions/${ID}\\]$`),
    plant: () => mkdirSync(`${PATHS.sessions}/${ID}`),
    remove: () => rmdirSync(`${PATHS.sessions}/${ID}`),
  },
  {
    what: 'a key',
    named: /^keys of ada: \d+, wanted \d+$/,
    plant: () =>
      asAda(
        'perl',
        '-e',
        `my @key = qw(user left x); syscall(${ADD_KEY}, @key, 1, ${USER_KEYRING}) > 0 or die $!`,
      ),
    remove: () =>
      asAda('perl', '-e', `syscall(${KEYCTL}, ${KEYCTL_CLEAR}, ${USER_KEYRING}) == 0 or die $!`),
  },
  {
    what: 'a session keyring that a process keeps',
    named: /^keys of ada: \d+, wanted \d+$/,
    plant: () => {
      const script = `syscall(${KEYCTL}, 1, 0) > 0 or die $!; exec 'sleep', '4244'`;
      asAda('setsid', '-f', 'perl', '-e', script);
    },
    remove: async () => {
      // Its keyring was there before it was `sleep`.
      const sleeps = () => listProcesses().some(({ argv }) => argv.join(' ') === 'sleep 4244');
      await until(sleeps, 'the process that keeps it');
      execFileSync('pkill', ['-KILL', '-x', '-f', 'sleep 4244']);
    },
  },
  {
    what: 'a mount',
    named: /^mounts: not wanted \[\/mnt tmpfs left\]$/,
    plant: () => execFileSync('mount', ['-t', 'tmpfs', 'left', '/mnt']),
    remove: () => execFileSync('umount', ['/mnt']),
  },
  {
    what: 'a socket that nobody listens on',
    named: new RegExp(`^files: not wanted \\[leaders/${ID}\\]$`),
    plant: () => writeFileSync(`${PATHS.leaders}/${ID}`, ''),
    remove: () => rmSync(`${PATHS.leaders}/${ID}`),
  },
  {
    what: 'a live row of a session that does not run',
    // On the disk alone: the broker serves from memory.
    named: new RegExp(`^rows of sessions: not wanted \\[${ROW}\\]$`),
    plant: () => write(session('running', 'NULL')),
    remove: () => write(forget),
  },
  {
    what: 'a pass for a session that has ended',
    named: new RegExp(`^passes of ended sessions: not wanted \\[${ROW}\\]$`),
    plant: () => write(session('ended', String(Date.now())), pass),
    remove: () => write(forget, "DELETE FROM passes WHERE hash = x'00'"),
  },
  {
    what: 'a ticket',
    named: /^rows of tickets: 2, wanted 1$/,
    plant: () =>
      write(
        `INSERT INTO tickets (id, hash, user, uid, pam_grant, address, user_agent, issued, used, idle_end, absolute_end)
         VALUES ('${ID}', x'01', 'ada', ${ada.uid}, x'', '', '', 1, 1, 9e15, 9e15)`,
      ),
    remove: () => write(`DELETE FROM tickets WHERE id = '${ID}'`),
  },
];

for (const { what, named, plant, remove } of planted) {
  test(`${what} that was planted is named`, async () => {
    await plant();
    try {
      await found(named);
    } finally {
      await remove();
    }
    await agree(expected);
  });
}

/** A process takes a moment to become what it is named for. */
async function found(named: RegExp): Promise<void> {
  const late = AbortSignal.timeout(10_000);
  for (;;) {
    const { differences } = await inspect(expected);
    if (differences.some((text) => named.test(text))) return;
    assert.ok(!late.aborted, `wanted ${named}, got: ${differences.join('\n')}`);
  }
}

test('a socket that somebody listens on is named as file and as socket', async () => {
  const server = createServer().listen(`${PATHS.sessions}/s`);
  await once(server, 'listening');
  await found(/^files: not wanted \[sessions\/s\]$/);
  await found(/^sockets: not wanted \[sessions\/s\]$/);
  server.close();
  await agree(expected);
});

test('a session that is listed and has lost its processes or its files is named', async () => {
  const { rows, chains } = await agree(expected);
  const [{ id }] = rows as [(typeof rows)[number]];
  const { leader, host } = chains.get(id)!;
  process.kill(leader, 'SIGSTOP'); // it would say at once that the session ends
  process.kill(host, 'SIGKILL');
  await found(new RegExp(`^session ${id} has no processes`));
  process.kill(leader, 'SIGKILL');
  await found(new RegExp(`^session ${id} is not listed$`));
  expected = { ...expected, running: new Set() };
  await agree(expected);
});

test('a second broker is named', async () => {
  const script = 'exec -a /x/broker.js sleep 4245';
  execFileSync('setsid', ['-f', 'bash', '-c', script], { stdio: 'ignore' });
  await found(/^processes: not wanted \[\d+ (\/x\/broker\.js 4245|.*\/broker\.js) \(uid \d+\)\]$/);
  execFileSync('pkill', ['-KILL', '-f', '^/x/broker.js 4245']);
  await agree(expected);
});
