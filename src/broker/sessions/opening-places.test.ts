import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionId, Uid, UserName } from '../../protocol/ids.ts';
import { ProblemError } from '../problem.ts';
import { MOST_OPENING, OpeningPlaces } from './opening-places.ts';

const ada = { user: 'ada' as UserName, uid: 1 as Uid };

test('who finds no place for too long is told so', async () => {
  const places = new OpeningPlaces(10);
  for (let i = 0; i < MOST_OPENING; i++) await places.enter(`${i}` as SessionId, ada);
  assert.equal(places.hasRoom(ada), false);
  assert.equal(places.hasRoom({ ...ada, uid: 2 as Uid }), true);
  await assert.rejects(places.enter('x' as SessionId, ada), (error) => {
    assert.ok(error instanceof ProblemError);
    assert.match(error.problem.text, /^8 of your sessions are still being opened\./);
    return error.problem.code === 'session-refused';
  });
  places.leave('x' as SessionId);
  assert.equal(places.hasRoom(ada), false);
  places.leave('0' as SessionId);
  assert.equal(places.hasRoom(ada), true);
});
