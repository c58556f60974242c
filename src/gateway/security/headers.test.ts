/** The parts of the headers that the tests of whole answers cannot see with their generated certificate. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentPolicy, securityHeaders } from './headers.ts';

test('HSTS only with a certificate of the admin’s', () => {
  const name = 'strict-transport-security';
  assert.equal(securityHeaders('https://a:8787', true)[name], 'max-age=31536000');
  assert.equal(securityHeaders('https://a:8787', false)[name], undefined);
});

test('a page may fetch one file ahead, where it is said which one', () => {
  const file = 'https://a:8788/assets/terminal-1a2b.js';
  assert.match(
    contentPolicy('https://a:8787', file),
    /; manifest-src https:\/\/a:8788\/assets\/terminal-1a2b\.js;/,
  );
  assert.match(contentPolicy('https://a:8787'), /; manifest-src 'none';/);
});

test('no policy allows inline scripts, frames or other origins', () => {
  const policy = contentPolicy('https://a:8787');
  assert.doesNotMatch(policy, /unsafe|\*/);
  assert.match(policy, /script-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.match(policy, /connect-src 'self' wss:\/\/a:8787;/);
});
