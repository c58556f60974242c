import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { MIGRATIONS, migrate } from './migrate.ts';
import { DatabaseFile } from './open-file.ts';
import { transact } from './transact.ts';

function makePath(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-database-'));
  context.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'broker.db');
}

const versionOf = (database: DatabaseSync) =>
  database.prepare('PRAGMA user_version').get()?.user_version;
const pragma = (database: DatabaseSync, name: string) =>
  Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0];

test('a new file is private, in WAL mode, and writes for good', (t) => {
  const path = makePath(t);
  const file = new DatabaseFile(path);
  const { database } = file;
  for (const suffix of ['', '-wal', '-shm', '.lock']) {
    assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix);
  }
  assert.equal(pragma(database, 'journal_mode'), 'wal');
  assert.equal(pragma(database, 'synchronous'), 2);
  assert.equal(pragma(database, 'busy_timeout'), 50);
  assert.equal(versionOf(database), MIGRATIONS.length);
  file.close();
});

test('a file is opened by one broker at a time', (t) => {
  const path = makePath(t);
  const first = new DatabaseFile(path);
  assert.throws(() => new DatabaseFile(path), /another broker runs on this database/);
  first.close();
  new DatabaseFile(path).close();
});

test('an old file gets the steps that it has not seen, and keeps its rows', (t) => {
  const database = new DatabaseSync(makePath(t));
  const steps = ['CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y DEFAULT 7'];
  migrate(database, 'x', steps.slice(0, 1));
  database.exec('INSERT INTO a VALUES (1)');
  migrate(database, 'x', steps);
  migrate(database, 'x', steps);
  assert.deepEqual({ ...database.prepare('SELECT * FROM a').get() }, { x: 1, y: 7 });
  assert.equal(versionOf(database), 2);
  database.close();
});

test('a step that fails leaves the file as it was before', (t) => {
  const database = new DatabaseSync(makePath(t));
  const broken = ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'];
  assert.throws(() => migrate(database, 'x', broken), /already exists/);
  assert.equal(versionOf(database), 1);
  assert.throws(() => database.prepare('SELECT * FROM b'), /no such table/);
  database.close();
});

test('a file of a newer version is refused', (t) => {
  const path = makePath(t);
  new DatabaseFile(path).close();
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 99');
  database.close();
  assert.throws(() => new DatabaseFile(path), /schema 99, this version knows up to \d/);
});

test('a transaction that throws writes nothing', (t) => {
  const database = new DatabaseSync(makePath(t));
  database.exec('CREATE TABLE a (x)');
  assert.throws(() =>
    transact(database, () => {
      database.exec('INSERT INTO a VALUES (1)');
      throw new Error('no');
    }),
  );
  assert.equal(database.prepare('SELECT count(*) AS n FROM a').get()?.n, 0);
  database.close();
});
