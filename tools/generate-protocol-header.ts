/** Makes src/root/lib/protocol.h: message numbers, limits and paths for the C programs. */
import * as leader from '../src/protocol/broker-leader.ts';
import * as session from '../src/protocol/gateway-session.ts';
import * as host from '../src/protocol/leader-host.ts';
import * as sealed from '../src/protocol/sealed-answer.ts';

const snake = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase();

type Messages = Record<string, leader.MessageSpec>;

function defineMessages(prefix: string, messages: Messages): string[] {
  return Object.entries(messages).map(([name, spec]) => {
    const fields = Object.entries(spec.fields).map(([field, kind]) => `${kind} ${field}`);
    return `#define VST_${prefix}_${snake(name)} ${spec.type} /* ${fields.join(', ') || 'no fields'} */`;
  });
}

function defineNumbers(prefix: string, names: readonly string[]): string[] {
  return names.map((name, number) => `#define VST_${prefix}_${snake(name)} ${number}`);
}

function defineLimits(): string[] {
  const limits = {
    LEADER_PROTOCOL_VERSION: leader.LEADER_PROTOCOL_VERSION,
    MAX_ROOT_FRAME: leader.MAX_ROOT_FRAME,
    MAX_NAME: leader.MAX_NAME,
    MAX_STRINGS: leader.MAX_STRINGS,
    LAST_WORDS_BYTES: leader.LAST_WORDS_BYTES,
    KEY_SECONDS: leader.KEY_SECONDS,
    GRANT_SECONDS: leader.GRANT_SECONDS,
    SESSION_KEY_BYTES: leader.SESSION_KEY_BYTES,
    SESSION_PROTOCOL_VERSION: session.SESSION_PROTOCOL_VERSION,
    MAX_SESSION_FRAME: session.MAX_SESSION_FRAME,
    ANSWER_VERSION: sealed.ANSWER_VERSION,
    ANSWER_PURPOSE_PAM: sealed.ANSWER_PURPOSE_PAM,
    SEALED_BYTES: sealed.SEALED_BYTES,
    MAX_SECRET: sealed.MAX_SECRET,
  };
  const layout = Object.entries(sealed.ANSWER_LAYOUT).map(
    ([field, offset]) => `#define VST_ANSWER_AT_${snake(field)} ${offset}`,
  );
  return [
    ...Object.entries(limits).map(([name, value]) => `#define VST_${name} ${value}`),
    ...layout,
    `#define VST_KEY_SIGNATURE_CONTEXT "${leader.KEY_SIGNATURE_CONTEXT}"`,
  ];
}

export function makeProtocolHeader(): string {
  const paths = Object.entries(leader.PATHS).map(
    ([name, path]) => `#define VST_PATH_${snake(name)} "${path}"`,
  );
  const sections = [
    defineMessages('TO_LEADER', leader.toLeader),
    defineMessages('FROM_LEADER', leader.fromLeader),
    defineNumbers('PHASE', leader.LEADER_PHASES),
    defineNumbers('CLOSE', leader.CLOSE_POLICIES),
    defineNumbers('STAGE', leader.LEADER_STAGES),
    defineNumbers('PROGRAM', leader.PROGRAM_STATES),
    defineMessages('TO_HOST', host.toHost),
    defineMessages('FROM_HOST', host.fromHost),
    defineMessages('TO_SESSION', session.toSession),
    defineMessages('FROM_SESSION', session.fromSession),
    defineLimits(),
    paths,
  ];
  return [
    "/* Made by 'npm run generate' from src/protocol/. Do not edit. */",
    '#ifndef VESTIBULE_PROTOCOL_H',
    '#define VESTIBULE_PROTOCOL_H',
    ...sections.flatMap((section) => ['', ...section]),
    '',
    '#endif',
    '',
  ].join('\n');
}
