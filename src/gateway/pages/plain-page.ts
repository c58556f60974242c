/** Pages that the gateway writes itself, without scripts or other files. The policy allows their style by its hash. */

/** The look of src/page/page.css, in one line. */
export const PLAIN_STYLE = [
  ':root{color-scheme:light dark;--line:light-dark(#ced4da,#424242);--dim:light-dark(#495057,#b8b8b8);--link:light-dark(#1864ab,#74c0fc)}',
  'body{margin:0;padding:0 .75rem;font:1rem/1.55 system-ui,sans-serif;color:light-dark(#000,#c9c9c9);background:light-dark(#fff,#242424)}',
  'main{box-sizing:border-box;max-width:32rem;margin:clamp(.5rem,10vh,7rem) auto 2rem;padding:clamp(1rem,5vw,2rem);border:1px solid var(--line);border-radius:.5rem}',
  'h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.3;overflow-wrap:anywhere}',
  'p{margin:0 0 1rem;overflow-wrap:anywhere}',
  '.where,.reference{font-size:.875rem;color:var(--dim)}',
  '.where{margin-bottom:.25rem}',
  '.words{white-space:pre-wrap;padding-left:.75rem;border-left:3px solid var(--line)}',
  '.acts{display:flex;flex-wrap:wrap;gap:.75rem;margin:1.5rem 0}',
  '.acts a{padding:.45rem 1.1rem;border:1px solid var(--line);border-radius:.5rem;font-weight:600;font-size:.875rem;color:inherit;text-decoration:none}',
  '.acts a:first-child{background:#1971c2;border-color:#1971c2;color:#fff}',
  '.acts a:hover{text-decoration:underline}',
  'a{color:var(--link)}a:focus-visible{outline:2px solid var(--link);outline-offset:2px}',
  '.reference{margin:0;padding-top:1rem;border-top:1px solid var(--line)}',
  'code{font-size:.95em;user-select:all}',
].join('');

/** title: text; body and head: HTML. */
export function plainPage(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title><style>${PLAIN_STYLE}</style>${head}</head>
<body><main>
${body}
</main></body>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
