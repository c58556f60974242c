import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { Store } from './store.ts';

const ADD = 'INSERT INTO throttle VALUES (?, ?, 1, 1)';

function makePath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-store-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'broker.db');
}

/** As if the broker were killed: file and journal stay as they are now, without the changes of close(). */
function kill(store: Store, path: string): void {
  for (const end of ['', '-wal']) copyFileSync(path + end, `${path}.then${end}`);
  store.close();
  for (const end of ['', '-wal']) copyFileSync(`${path}.then${end}`, path + end);
}

const add = (store: Store, key: string) => store.prepareWrite(ADD)('pair', key);
const keysIn = (store: { database: DatabaseSync }) =>
  store.database
    .prepare('SELECT key FROM throttle ORDER BY key')
    .all()
    .map(({ key }) => key);
/** Any row, whose key and references are all 'x'. */
function fill(store: Store, table: string): void {
  const columns = store.database.prepare(`PRAGMA table_info(${table})`).all();
  const values = columns.map(({ type, notnull }) => {
    if (notnull === 0 && type === 'TEXT') return null;
    return type === 'INTEGER' ? 1 : type === 'BLOB' ? Buffer.from('x') : 'x';
  });
  values[0] ??= 'x';
  store.prepareWrite(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`)(
    ...values,
  );
}
const written = (store: Store) => new Promise<void>((done) => store.whenWritten(done));

test('what was written is there for the next one, after a kill too', (t) => {
  const path = makePath(t);
  const first = new Store(path);
  add(first, 'a');
  first.transact(() => {
    add(first, 'b');
    add(first, 'c');
  });
  kill(first, path);
  const second = new Store(path);
  assert.deepEqual(keysIn(second), ['a', 'b', 'c']);
  second.close();
});

test('a transaction that fails changes nothing, in memory and on the disk', (t) => {
  const path = makePath(t);
  const store = new Store(path);
  const work = () => {
    add(store, 'a');
    store.addAudit([1, 'never']);
    throw new Error('no');
  };
  assert.throws(() => store.transact(work), /no/);
  assert.throws(() => store.transactOnDisk(work), /no/);
  add(store, 'b');
  assert.deepEqual(keysIn(store), ['b']);
  const database = new DatabaseSync(path, { readOnly: true });
  assert.deepEqual(keysIn({ database }), ['b']);
  assert.equal(database.prepare('SELECT count(*) AS n FROM audit').get()?.n, 0);
  database.close();
  store.close();
});

test('what a deletion takes with it is gone from the file, too', (t) => {
  const path = makePath(t);
  const store = new Store(path);
  for (const table of ['tickets', 'sessions', 'passes']) fill(store, table);
  store.prepareWrite('DELETE FROM tickets')();
  const database = new DatabaseSync(path, { readOnly: true });
  for (const { database: each } of [store, { database }])
    assert.equal(each.prepare('SELECT count(*) AS n FROM passes').get()?.n, 0);
  database.close();
  store.close();
});

test('rows that are corrected when they are loaded are corrected in the file, too', (t) => {
  const path = makePath(t);
  const first = new Store(path);
  add(first, 'a');
  first.close();
  new Store(path, (database) => database.exec("UPDATE throttle SET key = 'b'")).close();
  const third = new Store(path);
  assert.deepEqual(keysIn(third), ['b']);
  third.close();
});

test('a file cut short, or to nothing, is named and left as it is, until it is set aside', async (t) => {
  for (const size of [0, 50, 9000]) {
    const path = makePath(t);
    const first = new Store(path);
    add(first, 'old');
    first.close();
    truncateSync(path, size);
    const store = new Store(path);
    assert.equal(store.trouble?.kind, 'damaged', `${size} bytes`);
    assert.match(store.trouble.text, /is damaged: .*set-database-aside/);
    assert.throws(() => store.transactOnDisk(() => add(store, 'refused')), /disk: /);
    add(store, 'new');
    const aside = store.setAside();
    assert.ok(existsSync(aside));
    assert.equal(store.trouble, null);
    assert.throws(() => store.setAside(), /bad-request/);
    store.close();
    const next = new Store(path);
    assert.deepEqual(keysIn(next), ['new']);
    next.close();
  }
});

test('a file whose journal is gone lacks what was written last: named, not used', (t) => {
  const path = makePath(t);
  const first = new Store(path);
  add(first, 'old');
  kill(first, path);
  rmSync(`${path}-wal`);
  const store = new Store(path);
  assert.equal(store.trouble?.kind, 'incomplete');
  assert.deepEqual(keysIn(store), []);
  store.setAside();
  store.close();
});

test('a file that is moved away is made anew with all that is known', (t) => {
  const path = makePath(t);
  const store = new Store(path);
  add(store, 'a');
  for (const name of readdirSync(join(path, '..'))) {
    if (name.startsWith(basename(path))) rmSync(join(path, '..', name));
  }
  store.look();
  add(store, 'b');
  store.close();
  const next = new Store(path);
  assert.deepEqual(keysIn(next), ['a', 'b']);
  next.close();
});

test('audit rows are forgotten when they are old enough, some at a time', (t) => {
  const path = makePath(t);
  const store = new Store(path);
  store.transact(() => {
    for (let at = 0; at < 1500; at++) store.addAudit([at, 'event']);
  });
  const other = new DatabaseSync(path, { readOnly: true });
  const left = () => other.prepare('SELECT count(*) AS n, min(at) AS first FROM audit').get();
  store.pruneAudit(1400);
  assert.deepEqual({ ...left() }, { n: 500, first: 1000 });
  store.pruneAudit(1400);
  assert.deepEqual({ ...left() }, { n: 100, first: 1400 });
  other.close();
  store.close();
});

test('audit rows wait for the disk, so many; then it says how many are lost', async (t) => {
  const path = makePath(t);
  const store = new Store(path);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  for (let i = 0; i < 10_005; i++) store.addAudit([i, 'event']);
  other.exec('ROLLBACK');
  await written(store);
  const rows = other.prepare('SELECT count(*) AS n FROM audit').get();
  assert.equal(rows?.n, 10_001);
  const last = other.prepare('SELECT event, detail FROM audit ORDER BY number DESC').get();
  assert.deepEqual({ ...last }, { event: 'audit-lost', detail: '5 rows' });
  other.close();
  store.close();
});
