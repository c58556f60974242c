import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Uid, UserName } from '../protocol/ids.ts';
import { UserEars } from './user-ears.ts';

test('each user’s events reach who listens to that user, until it is released', () => {
  const ears = new UserEars();
  const heard: string[] = [];
  const [ada, bob] = ['ada', 'bob'] as UserName[];
  const tell = (user: UserName): void =>
    ears.tell({ event: 'sessions', user, uid: 1000 as Uid, sessions: [] });
  const release = ears.listen(ada!, ({ user }) => heard.push(`one ${user}`));
  ears.listen(ada!, ({ user }) => heard.push(`two ${user}`));
  ears.listen(bob!, ({ user }) => heard.push(`three ${user}`));
  tell(ada!);
  release();
  release();
  tell(ada!);
  tell(bob!);
  assert.deepEqual(heard, ['one ada', 'two ada', 'two ada', 'three bob']);
});
