import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { test } from 'node:test';
import type { Case } from './case.ts';
import { type Columns, compareColumns, OUTCOME, type Row } from './compare.ts';
import { EXPLANATIONS, MOST_EXPLANATIONS } from './explained.ts';

const one: Case = { name: 'a module', stack: [], shows: { umask: '0027' } };

/** One way's column: let in, with these items. */
function column(items: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries({ [OUTCOME]: 'let in', umask: '0027', ...items }));
}
function verdictOf(item: string, columns: Readonly<Record<string, ReadonlyMap<string, string>>>) {
  const rows = compareColumns(one, columns as Columns);
  return (rows.find((row) => row.item === item) as Row).verdict;
}

test('what su or ssh has is right, anything else is unexplained', () => {
  const columns = { su: column({ tty: 'a' }), ssh: column({ tty: 'b' }) };
  assert.equal(verdictOf('tty', { ...columns, session: column({ tty: 'a' }) }), 'same');
  assert.equal(verdictOf('tty', { ...columns, session: column({ tty: 'b' }) }), 'same');
  assert.equal(verdictOf('tty', { ...columns, session: column({ tty: 'c' }) }), 'unexplained');
  assert.equal(verdictOf('tty', { ...columns, session: column({}) }), 'unexplained');
});

test('an item of Vestibule’s alone is unexplained, in either scope', () => {
  const columns = { su: column({}), ssh: column({}), session: column({}) };
  assert.equal(verdictOf('nice', { ...columns, user: column({ nice: '5' }) }), 'unexplained');
});

test('a meant difference is explained by its value only', () => {
  const columns = { su: column({}), ssh: column({}) };
  const item = 'environment LANG';
  const meant = { ...columns, session: column({ [item]: 'C.UTF-8' }) };
  const other = { ...columns, session: column({ [item]: 'C' }) };
  assert.equal(verdictOf(item, meant), 'explained');
  assert.equal(verdictOf(item, other), 'unexplained');
});

test('a module that did nothing anywhere is unexplained, too', () => {
  const idle = column({ umask: '0022' });
  assert.equal(verdictOf('umask', { su: idle, ssh: idle, session: idle }), 'unexplained');
  const good = column({});
  assert.equal(verdictOf('umask', { su: good, ssh: good, session: good }), 'same');
});

test('who is refused by one and let in by the other is unexplained', () => {
  const refused = new Map([[OUTCOME, 'refused']]);
  const columns = { su: column({}), ssh: column({}), session: refused };
  assert.equal(verdictOf(OUTCOME, columns), 'unexplained');
  assert.equal(verdictOf('umask', columns), 'same');
});

test('explanations are few, and what they cite is there', () => {
  assert.ok(EXPLANATIONS.length <= MOST_EXPLANATIONS);
  for (const { cites } of EXPLANATIONS) {
    const decisions = [...cites.matchAll(/docs\/decisions\/\d{4}/g)].map(([path]) => path);
    for (const path of decisions) assert.equal(globSync(`${path}-*.md`).length, 1, path);
    assert.ok(decisions.length > 0 || /\w\(\d\)/.test(cites), cites);
  }
});
