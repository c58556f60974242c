import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROBLEMS, type ProblemCode } from '../../protocol/problems.ts';
import { problemPage } from './problem-page.ts';

const reference = '0123456789ab';
const session = `/s/${'a'.repeat(32)}/`;
const place = { homeOrigin: 'https://a:1', root: '', path: `${session}enter`, title: '' };
const hrefs = (page: string) =>
  [...page.matchAll(/<a href="([^"]*)">([^<]*)/g)].map(([, href, text]) => [text, href]);

for (const [code, { text, advice }] of Object.entries(PROBLEMS)) {
  test(`the page of ${code} has its sentence, what to do, the reference and a way on`, () => {
    const page = problemPage({ code: code as ProblemCode, text, reference }, place);
    for (const part of [text, advice, reference]) assert.ok(page.includes(part), part);
    assert.ok(hrefs(page).length > 0);
  });
}

test('the way on: to the sign-in, to the same address again, to the list', () => {
  const of = (code: ProblemCode) =>
    hrefs(problemPage({ code, text: 'x', reference }, { ...place, title: 'Lab' }));
  assert.deepEqual(of('not-signed-in'), [['Sign in', `https://a:1${session}`]]);
  assert.deepEqual(of('unavailable'), [
    ['Try again', `${session}enter`],
    ['Your sessions', 'https://a:1/'],
  ]);
  assert.deepEqual(of('session-ended'), [['Your sessions', 'https://a:1/']]);
});

test('what others say is text', () => {
  const text = 'No.\n<script>alert(1)</script>';
  const evil = { ...place, path: '/"><b>', title: '<i>' };
  const page = problemPage({ code: 'unavailable', text, reference }, evil);
  assert.doesNotMatch(page, /<(script|b|i)>/);
  assert.match(page, /<p class="words">&#60;script&#62;/);
});
