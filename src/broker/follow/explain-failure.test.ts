import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEADER_STAGES } from '../../protocol/broker-leader.ts';
import { PROBLEMS } from '../../protocol/problems.ts';
import { explainFailure } from './explain-failure.ts';

/** PAM's codes, and an errno where the stage is spawn. */
const cases = [
  ['policy', 0, 'session-account'],
  ['grant', 0, 'session-account'],
  ['account', 13, 'session-account'],
  ['account', 9, 'session-failed'],
  ['user', 0, 'session-account'],
  ['start', 26, 'session-failed'],
  ['protocol', 0, 'session-failed'],
  ['authenticate', 7, 'session-profile'],
  ['credentials', 17, 'session-set-up'],
  ['session', 14, 'session-set-up'],
  ['session', 6, 'session-refused'],
  ['spawn', 2, 'session-failed'],
  ['execute', 2, 'session-program'],
  ['execute', 11, 'session-refused'],
  ['execute', 62, 'session-hangs'],
  ['spawn', 110, 'session-hangs'],
  ['spawn', 11, 'session-refused'],
  ['spawn', 24, 'session-refused'],
] as const;

const silence = 'It does not answer.';
const answered = { profile: 'su', outcome: null, silence };

for (const [stage, code, wanted] of cases) {
  test(`${code} at ${stage} is ${wanted}`, () => {
    const failure = { stage: LEADER_STAGES.indexOf(stage), code, text: 'why', words: [] };
    const { problem, detail } = explainFailure({ ...failure, ...answered });
    assert.equal(problem.code, wanted);
    const kind = stage === 'spawn' || stage === 'execute' ? 'errno' : 'PAM';
    assert.equal(detail, `${stage}: why (${kind} ${code})`);
  });
}

test('the program that could not be executed is named', () => {
  const text = "cannot run '/bin/gone': no such file, or its interpreter is missing";
  const failure = { stage: LEADER_STAGES.indexOf('execute'), code: 2, words: [], ...answered };
  const { problem } = explainFailure({ ...failure, text });
  assert.equal(problem.text, `${PROBLEMS['session-program'].text}\n${text}`);
});

test('what modules said follows our sentence', () => {
  const failure = { stage: LEADER_STAGES.indexOf('session'), code: 14, text: '', ...answered };
  const { problem } = explainFailure({ ...failure, words: [' no space left\n', '', 'on /home'] });
  assert.equal(problem.text, `${PROBLEMS['session-set-up'].text}\nno space left\non /home`);
});

test('a session profile that asks is named, with the line that it lacks', () => {
  const failure = { stage: LEADER_STAGES.indexOf('authenticate'), code: 7, text: '', words: [] };
  const { problem } = explainFailure({
    ...{ ...failure, silence },
    ...{ profile: 'site-session', outcome: 'absent' },
  });
  assert.equal(problem.code, 'session-profile');
  assert.match(problem.text, /'site-session' asks for a password.*'auth sufficient pam_rootok.so'/);
});

for (const [outcome, stage, code, words] of [
  ['absent', 'session', 'session-set-up', /'su' asks for something, and nobody was there/],
  ['cancelled', 'session', 'session-question', /^You did not answer/],
  ['late', 'authenticate', 'session-question', /^Nobody answered in time/],
  ['full', 'session', 'session-question', /^Others of your sessions wait/],
  ['given', 'authenticate', 'session-question', /did not accept the answer/],
  ['given', 'session', 'session-set-up', /could not be set up/],
] as const) {
  test(`a question, ${outcome}, at ${stage}: ${code}, in words`, () => {
    const failure = { stage: LEADER_STAGES.indexOf(stage), code: 14, text: '', words: [] };
    const { problem } = explainFailure({ ...failure, ...answered, outcome });
    assert.equal(problem.code, code);
    assert.match(problem.text, words);
  });
}
