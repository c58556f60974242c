import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BANNER, HOME_ORIGIN, TITLE } from '../../protocol/page-gateway.ts';
import { fillPage, makeWelcome } from './fill-page.ts';

const html = `<a href="${HOME_ORIGIN}/"></a><meta content="${TITLE}"><meta content="${BANNER}">${TITLE}`;

test('each place gets its value, everywhere', () => {
  const welcome = makeWelcome('Cluster', 'one\\ntwo');
  assert.equal(
    fillPage(html, 'https://a:1', welcome),
    '<a href="https://a:1/"></a><meta content="Cluster"><meta content="one\ntwo">Cluster',
  );
});

test('a value is text, whatever it holds', () => {
  const welcome = makeWelcome(`$&$1"'><script>&amp;`, `${TITLE}${HOME_ORIGIN}`);
  const filled = fillPage(html, 'https://a:1', welcome);
  assert.equal(
    filled.slice(filled.indexOf('<meta'), filled.lastIndexOf('>') + 1),
    `<meta content="$&#38;$1&#34;&#39;&#62;&#60;script&#62;&#38;amp;"><meta content="${TITLE}${HOME_ORIGIN}">`,
  );
});
