/** Random profiles, read and played by us and by the real libpam: the same modules in the same order, the same verdict. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { openProfile } from '../../src/config/pam-profile/check.ts';
import { RESULTS } from '../../src/config/pam-profile/control.ts';
import { playStack } from '../../src/config/pam-profile/play.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { outcomesOf } from '../lib/pam-trial.ts';

const TEXTS = '/run/play';
const RUNS = 400;

setUpLeaders();
before(() => mkdirSync(TEXTS, { mode: 0o755 }));

/** What modules return here: a second call after `incomplete` is another matter. */
const results = RESULTS.filter((name) => name !== 'incomplete' && name !== 'conv_again');
const result = fc.oneof(
  { arbitrary: fc.constant('success' as const), weight: 6 },
  { arbitrary: fc.constantFrom('auth_err', 'ignore', 'new_authtok_reqd'), weight: 2 },
  { arbitrary: fc.constantFrom(...results), weight: 1 },
);
const action = fc.oneof(
  fc.constantFrom('ignore', 'ok', 'done', 'bad', 'die', 'reset'),
  fc.integer({ min: 1, max: 4 }).map(String),
);
const pair = fc
  .tuple(fc.oneof(result, fc.constant('default')), action)
  .map(([name, what]) => `${name}=${what}`);
const bracketed = fc
  .array(pair, { minLength: 1, maxLength: 4 })
  .map((pairs) => `[${pairs.join(' ')}]`);
const control = fc.oneof(
  { arbitrary: fc.constantFrom('required', 'requisite', 'sufficient', 'OPTIONAL'), weight: 6 },
  { arbitrary: bracketed, weight: 8 },
  // That libpam takes for a failure.
  { arbitrary: fc.constantFrom('sufficent', '[success]', '[success=0]', '[success=ok'), weight: 1 },
);
const gap = fc.constantFrom(' ', '\t', '  ', ' \\\n ', '\t\\\n# not a word\n\n');
const end = fc.constantFrom('', ' ', ' # a comment', ' #comment \\');

type Line = (file: string, index: number) => string;
const moduleLine = fc
  .record({ control, result, gap, end, type: fc.constantFrom('auth', '-auth', 'AUTH') })
  .map(
    ({ control, result, gap, end, type }): Line =>
      (file, index) => {
        const id = `${file}-${index}`;
        writeFileSync(`${TEXTS}/${id}`, id);
        const code = RESULTS.indexOf(result);
        return (
          [type, control, `%FAKE%`, `auth=text:${TEXTS}/${id}`, `[auth=fail:${code}]`].join(gap) +
          end
        );
      },
  );
const oddLine = fc
  .constantFrom(
    '',
    '# nothing',
    'account required pam_deny.so',
    'auht required %FAKE%',
    'auth',
    'auth required',
    'auth required pam_not_there.so',
    '-auth optional pam_not_there.so',
    'auth include part-missing',
  )
  .map(
    (text): Line =>
      () =>
        text,
  );
const into = (names: readonly string[]) =>
  fc
    .constantFrom(
      ...names.flatMap((name) => [
        `auth substack ${name}`,
        `auth include ${name}`,
        `@include ${name}`,
      ]),
    )
    .map(
      (text): Line =>
        () =>
          text,
    );
const file = (...inner: string[]) => {
  const weighted = [
    { arbitrary: moduleLine, weight: 16 },
    { arbitrary: oddLine, weight: 1 },
    ...(inner.length > 0 ? [{ arbitrary: into(inner), weight: 4 }] : []),
  ];
  return fc.array(fc.oneof(...weighted), { minLength: 1, maxLength: 7 });
};
const files = fc.record({
  play: file('play-a', 'play-b'),
  'play-a': file('play-b'),
  'play-b': file(),
});

test(`libpam and we agree about ${RUNS} random profiles`, async () => {
  let allowedOnce = 0;
  const property = fc.asyncProperty(files, async (all) => {
    for (const [name, lines] of Object.entries(all))
      makeProfile(
        name,
        lines.map((line, index) => line(name, index)),
      );
    const { stacks } = openProfile({ service: 'play', root: '', facts: {} });
    const played = playStack(stacks.auth, ({ args, name }) => {
      const code = args.find((arg) => arg.startsWith('auth=fail:'))?.slice('auth=fail:'.length);
      return name === 'pam_fake.so' && code !== undefined
        ? RESULTS[Number(code)]!
        : 'module_unknown';
    });
    const outcomes = await outcomesOf({
      profile: 'play',
      user: 'root',
      operations: ['authenticate'],
    });
    assert.ok(typeof outcomes !== 'string', String(outcomes));
    const called = outcomes[0]!.texts.map(({ text }) => text);
    assert.deepEqual(
      played.called.flatMap(({ args }) => (args[0] ?? '').match(/play[-\w]*-\d+$/) ?? []),
      called,
    );
    assert.equal(played.allowed, outcomes[0]!.code === 0);
    if (played.allowed) allowedOnce++;
  });
  await fc.assert(property, { numRuns: RUNS });
  assert.ok(allowedOnce > RUNS / 20, `${allowedOnce} of ${RUNS} let in`);
});
