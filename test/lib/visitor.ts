/**
 * A person in a process of their own, for tests that look into all others: signs in at URL as USER with the password
 * that stands on standard input, opens a terminal, says "ready", and stays until standard input ends.
 */
import { once } from 'node:events';
import { WebClient } from './client.ts';

const [url, user] = process.argv.slice(2);
const [password] = (await once(process.stdin, 'data')) as [Buffer];
const client = new WebClient(url!);
await client.signIn(user!, password);
const { terminal } = await client.startShell();
process.stdout.write('ready\n');
await once(process.stdin.resume(), 'end');
terminal.ws.terminate();
client.close();
