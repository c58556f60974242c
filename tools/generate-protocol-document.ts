/** Makes docs/protocol.md: every message of the framed protocols, from the tables in src/protocol/. */
import * as leader from '../src/protocol/broker-leader.ts';
import * as session from '../src/protocol/gateway-session.ts';
import * as host from '../src/protocol/leader-host.ts';
import { PROBLEMS } from '../src/protocol/problems.ts';

function describeMessages(title: string, messages: Record<string, leader.MessageSpec>): string {
  const rows = Object.entries(messages).map(([name, spec]) => {
    const fields = Object.entries(spec.fields).map(([field, kind]) => `\`${field}\` ${kind}`);
    return `| ${spec.type} | ${name} | ${fields.join(', ')} | ${spec.doc} |`;
  });
  return [
    `## ${title}`,
    '',
    '| type | message | fields | meaning |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}

export function makeProtocolDocument(): string {
  const problems = Object.entries(PROBLEMS).map(
    ([code, { status, text }]) => `| ${code} | ${status} | ${text} |`,
  );
  return [
    "<!-- Made by 'npm run generate' from src/protocol/. Do not edit. -->",
    '# The protocols between our processes',
    '',
    'A frame is a u32 length (big-endian), a u8 message type and the fields in the order given. `string` and `bytes`',
    'begin with a u16 length; `strings`, `blobs` and `u32s` with a u16 count; `rest` is the rest of the frame. A frame',
    'that does not match its message exactly ends the connection. Messages with odd types go towards the user’s',
    'program, messages with even types come back.',
    '',
    describeMessages('Broker or root’s CLI to a leader', leader.toLeader),
    '',
    describeMessages('A leader to the broker or root’s CLI', leader.fromLeader),
    '',
    describeMessages('A leader to its session-host', host.toHost),
    '',
    describeMessages('A session-host to its leader', host.fromHost),
    '',
    describeMessages('Gateway, CLI or page to a session-host', session.toSession),
    '',
    describeMessages('A session-host to gateway, CLI or page', session.fromSession),
    '',
    '## Problem codes',
    '',
    '| code | HTTP status | sentence |',
    '|---|---|---|',
    ...problems,
    '',
  ].join('\n');
}
