import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BANNER, HOME_ORIGIN, TITLE } from '../../protocol/page-gateway.ts';
import { fillPage, makeWelcome } from './fill-page.ts';

const html = `<a href='${HOME_ORIGIN}/'></a><meta content='${TITLE}'><meta content='${BANNER}'>${TITLE}`;

function fill(...[title, banner]: Parameters<typeof makeWelcome>): string {
  const welcome = makeWelcome(title, banner);
  const origin = [HOME_ORIGIN, 'https://a:1'] as const;
  return fillPage(html, new Map([origin, [TITLE, welcome.title], [BANNER, welcome.banner]]));
}

test('each place gets its value, everywhere', () => {
  assert.equal(
    fill('Cluster', 'one\\ntwo'),
    "<a href='https://a:1/'></a><meta content='Cluster'><meta content='one\ntwo'>Cluster",
  );
});

test('a value is text, whatever it holds', () => {
  const filled = fill(`$&$1"'><script>&amp;`, `${TITLE}${HOME_ORIGIN}`);
  assert.equal(
    filled.slice(filled.indexOf('<meta'), filled.lastIndexOf('>') + 1),
    `<meta content='$&#38;$1"&#39;&#62;&#60;script&#62;&#38;amp;'><meta content='${TITLE}${HOME_ORIGIN}'>`,
  );
});

test('every place in the pages is an attribute in single quotes', () => {
  for (const page of ['index.html', 'terminal.html']) {
    const text = readFileSync(join(import.meta.dirname, '../../page', page), 'utf8');
    const places = text.match(/__VESTIBULE_/g)!.length;
    assert.equal(text.match(/ (?:content|href)='__VESTIBULE_[A-Z_]+__'/g)?.length, places, page);
  }
});
