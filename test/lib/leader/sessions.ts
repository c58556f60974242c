/** What many tests do with leaders: a sign-in, an open session, a script in a session of its own. */
import { Client, type OpenWish } from './client.ts';
import type { Named } from './connection.ts';

/** The grant of a user who has signed in with a password. */
export async function signIn(
  user: string,
  password: string,
  service = 'vestibule',
): Promise<Named<'authenticated'>> {
  const client = await Client.greet('broker');
  client.authenticate(user, service);
  await client.takeKey();
  await client.answer(password);
  const authenticated = await client.expect('authenticated');
  await client.expectEnd();
  return authenticated;
}

/** A session of root's, open. */
export async function openSession(wish: OpenWish): Promise<Client> {
  const client = await Client.greet('root');
  client.open(wish);
  await client.expect('opened');
  return client;
}

/** Runs `sh -c script` in a session of its own, ends with it; its output and wait status. */
export async function runScript(
  script: string,
  wish: OpenWish,
  environment: readonly string[] = [],
): Promise<[string, number]> {
  const client = await openSession(wish);
  client.spawn({ argv: ['/bin/sh', '-c', `read -r go; ${script}`], environment });
  await client.expect('spawned');
  const viewer = await client.view();
  viewer.type('\n');
  await viewer.rest();
  const { status } = await client.expect('exited');
  await client.expect('closed');
  return [viewer.text + viewer.errors, status];
}
