/** docs/pam-check.md: every rule of `vestibule pam check`, from the table of rules. */
import { existsSync } from 'node:fs';
import { FACT_FORMS } from '../src/config/pam-profile/facts.ts';
import type { Rule } from '../src/config/pam-profile/rule.ts';
import { RULES } from '../src/config/pam-profile/rules.ts';

const TRIALS = 'test/system/pam-check-trials';

export function makePamCheckDocument(): string {
  const missing = RULES.filter(
    ({ trial }) => !existsSync(new URL(`../${TRIALS}/${trial}`, import.meta.url)),
  );
  if (missing.length > 0)
    throw new Error(`rules without a trial: ${missing.map(({ code }) => code).join(', ')}`);
  return `<!-- Made by tools/generate-pam-check-document.ts from src/config/pam-profile/rules.ts: do not edit. -->
# What \`vestibule pam check\` finds

\`vestibule pam check PROFILE --for login\` checks a profile that says who signs in (\`auth-pam-profile\`), \`--for session\`
one that opens sessions without a password (\`auth-pam-sessions-profile\`), \`--for session-with-password\` one that
\`vestibule run --password-stdin\` opens with a password; the server itself has none to give. The server checks both its profiles when it starts, and does not start when the
login profile has an error, or either profile one that gives rights away (marked *).

Each rule rests on a trial with the real modules under \`${TRIALS}/\`: it shows what happens with the profile
that the rule warns of, and that it does not happen with the mended one.

| code | level | why | what to do | trial |
|---|---|---|---|---|
${RULES.map(row).join('\n')}

A finding may be milder, or graver, than its rule: a missing module is a warning where the stack passes without it.

## Facts

What a check needs beside the profiles is found out. \`--facts FILE\` states it instead, for the files of another machine:
a JSON object with any of these keys. \`null\` is “not known”, and no rule guesses.

| key | value |
|---|---|
${Object.entries(FACT_FORMS)
  .map(([key, text]) => `| \`${key}\` | ${text} |`)
  .join('\n')}
`;
}

function row({ code, level, why, mend, trial, unsafe }: Rule): string {
  const name = `\`${code}\`${unsafe === true ? ' *' : ''}`;
  const cells = [name, level, why, sentence(mend), `\`${trial}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
