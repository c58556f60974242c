/** The built pages, read into memory at the start: so no request ever becomes a path. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** A compressed copy lies beside its file; the first encoding that the browser accepts is sent. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
export type Encoding = (typeof ENCODINGS)[number][0];

export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly encoded: ReadonlyMap<Encoding, Buffer>;
  readonly etag: string;
}
/** By address: '/index.html', '/assets/home-1a2b.js'. */
export type Pages = ReadonlyMap<string, PageFile>;

/** Its address, '' where the page has none. */
export function terminalScriptOf(pages: Pages): string {
  const html = pages.get('/terminal.html')!.body.toString();
  return / src="([^"]+\.js)"/.exec(html)?.[1] ?? '';
}

/** root: www-root-path, which the addresses in the pages begin with. */
export function loadPages(directory: string, root: string): Pages {
  const contents = new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [`/${relative(directory, path).split(sep).join('/')}`, readFileSync(path)]),
  );
  const pages = new Map<string, PageFile>();
  for (const [address, built] of contents) {
    const body = address.endsWith('.html') ? putBelow(root, built) : built;
    const type = TYPES[extname(address)];
    if (type === undefined) continue; // compressed copies, and files of unknown type
    const encoded = new Map<Encoding, Buffer>();
    for (const [encoding, suffix] of ENCODINGS) {
      const twin = contents.get(address + suffix);
      if (twin) encoded.set(encoding, twin);
    }
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    pages.set(address, { type, body, encoded, etag });
  }
  for (const wanted of ['/index.html', '/terminal.html']) {
    if (!pages.has(wanted))
      throw new Error(`'${wanted}' is missing in '${directory}': build the page`);
  }
  return pages;
}

function putBelow(root: string, html: Buffer): Buffer {
  return Buffer.from(html.toString().replaceAll(/(?<= (?:src|href)=")(?=\/)/g, root));
}
