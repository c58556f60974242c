/** The page that reports a problem: what happened, what to do, where to go, and the reference of its log line. */
import { PROBLEMS, type Problem, type ProblemCode } from '../../protocol/problems.ts';
import { escapeHtml, plainPage } from './plain-page.ts';

const PRODUCT = 'Vestibule';
/** Problems that may pass: the page offers the same address again. */
const PASSING: readonly ProblemCode[] = [
  'unavailable',
  'session-unavailable',
  'session-failed',
  'session-set-up',
  'too-many',
  'internal',
];

export interface Place {
  /** Origin of the links, without a slash at the end; '': unknown, they lead to this origin. */
  readonly homeOrigin: string;
  /** www-root-path, with which this address begins. */
  readonly root: string;
  /** The path below it, without a query. */
  readonly path: string;
  /** www-title; may be empty. */
  readonly title: string;
}

export function problemPage(problem: Problem, place: Place): string {
  const [sentence = '', ...words] = problem.text.split('\n');
  const said = words.length > 0 ? `<p class="words">${escapeHtml(words.join('\n'))}</p>` : '';
  const body = `<p class="where">${escapeHtml(place.title || PRODUCT)}</p>
<h1>${escapeHtml(sentence)}</h1>
${said}<p>${escapeHtml(PROBLEMS[problem.code].advice)}</p>
<p class="acts">${links(problem, place)}</p>
<p class="reference">Reference: <code>${escapeHtml(problem.reference)}</code></p>`;
  return plainPage(`${sentence} · ${place.title || PRODUCT}`, body);
}

function links({ code }: Problem, { homeOrigin, root, path }: Place): string {
  const session = /^\/s\/[0-9a-f]{32}\//.exec(path)?.[0] ?? '/';
  if (code === 'not-signed-in') return link('Sign in', homeOrigin + session);
  const home = link('Your sessions', `${homeOrigin}/`);
  return PASSING.includes(code) ? link('Try again', root + path) + home : home;
}

function link(text: string, address: string): string {
  return `<a href="${escapeHtml(address)}">${text}</a>`;
}
