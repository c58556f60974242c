/** Makes src/root/lib/options.h and docs/options.md from the table of options. */
import {
  OPTION_KEYS,
  OPTION_TYPES,
  OPTIONS,
  type OptionKey,
  type OptionSpec,
  type OptionType,
  wantedWords,
} from '../src/config/options.ts';
import { MAX_FILE_BYTES, MAX_LINE_BYTES } from '../src/config/parse.ts';
import { MAX_SHOWN, MAX_TEXT } from '../src/config/read-value.ts';

const types = Object.keys(OPTION_TYPES) as OptionType[];
const text = JSON.stringify;
const upper = (name: string): string => name.replaceAll('-', '_').toUpperCase();
const field = (key: OptionKey): string => key.replaceAll('-', '_');

export function makeOptionsHeader(): string {
  return `/* Made by tools/generate-options.ts from src/config/options.ts: do not edit. */
#ifndef VESTIBULE_OPTIONS_H
#define VESTIBULE_OPTIONS_H

#include "config.h"

#include <stddef.h>

#define CONFIG_MAX_FILE ${MAX_FILE_BYTES}
#define CONFIG_MAX_LINE ${MAX_LINE_BYTES}
#define CONFIG_MAX_SHOWN ${MAX_SHOWN}

enum option_type {
${types.map((type) => `    OPTION_${upper(type)},`).join('\n')}
};
/* Longest text of each type, bytes. */
static const size_t OPTION_MAX_TEXT[] = { ${types.map((type) => MAX_TEXT[type]).join(', ')} };

enum option_key {
${OPTION_KEYS.map((key) => `    KEY_${upper(key)},`).join('\n')}
    KEY_COUNT
};

struct option {
    const char *key;
    enum option_type type;
    uint32_t min, max;        /* limits of a number; for text, max is in characters */
    const char *choices;      /* a pattern for fnmatch(3) */
    const char *standard;     /* the default, as written in the file */
    const char *wanted;
    size_t at, size;          /* its field in struct config; size 0: checked, but not used by C programs */
};
#define PLACE(field) offsetof(struct config, field), sizeof(((struct config *)0)->field)
static const struct option OPTIONS[KEY_COUNT] = {
${OPTION_KEYS.map(tableRow).join('\n')}
};
#undef PLACE

${OPTION_KEYS.filter(isReadByC).filter(isText).map(sizeAssertion).join('\n')}

#endif
`;
}

/** The C reader checks the other options as well, so that both readers accept the same files. */
function isReadByC(key: OptionKey): boolean {
  const readers: OptionSpec['readBy'] = OPTIONS[key].readBy;
  return readers.includes('supervise') || readers.includes('leader');
}

function isText(key: OptionKey): boolean {
  return OPTIONS[key].type !== 'flag' && OPTIONS[key].type !== 'number';
}

function tableRow(key: OptionKey): string {
  const spec: OptionSpec = OPTIONS[key];
  const place = isReadByC(key) ? `PLACE(${field(key)})` : '0, 0';
  return `    [KEY_${upper(key)}] = { ${text(key)}, OPTION_${upper(spec.type)}, ${spec.min ?? 0}, ${spec.max ?? 0}, ${choices(spec)},
        ${text(spec.default)}, ${text(wantedWords(key))}, ${place} },`;
}

function choices(spec: OptionSpec): string {
  return spec.choices === undefined ? 'NULL' : text(`@(${spec.choices.join('|')})`);
}

function sizeAssertion(key: OptionKey): string {
  const size = MAX_TEXT[OPTIONS[key].type] + 1;
  return `_Static_assert(sizeof(((struct config *)0)->${field(key)}) == ${size}, "size of ${key}");`;
}

export function makeOptionsDocument(): string {
  return `<!-- Made by tools/generate-options.ts from src/config/options.ts: do not edit. -->
# Options

\`/etc/vestibule/vestibule.conf\` has one \`key=value\` per line. Spaces and tabs around the key and the value are ignored, and
so are empty lines and lines that start with \`#\`. There are no quotes, and a \`#\` after a value is part of the value. The text
is UTF-8 without control characters. Each key may appear once. Only root may be able to write to the file; the users of
the server must be able to read it (mode 0644). \`npm start\` writes \`/run/vestibule/overrides.conf\`, which takes precedence.

\`vestibule config check\` lists every problem with its file and line. \`vestibule config show\` lists every value and where it
was set. The server does not start if its configuration has a problem.

${OPTION_KEYS.map(section).join('\n\n')}
`;
}

function section(key: OptionKey): string {
  const spec: OptionSpec = OPTIONS[key];
  const change = spec.change === 'restart' ? 'after a restart' : 'at the next sign-in or session';
  return `## ${key}

${spec.doc}

- Value: ${wantedWords(key)}${['groups', 'addresses', 'path', 'text'].includes(spec.type) ? ', or nothing' : ''}
- Default: ${spec.default === '' ? 'empty' : `\`${spec.default}\``}
- Read by: ${spec.readBy.join(', ')}
- Takes effect: ${change}`;
}
