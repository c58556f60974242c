/** Makes docs/pam-check.md from the table of the rules of `vestibule pam check`. */
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

\`vestibule pam check PROFILE\` checks a profile for one purpose:

- \`--for login\`: it signs users in (\`auth-pam-profile\`).
- \`--for session\`: it opens sessions without a password (\`auth-pam-sessions-profile\`).
- \`--for session-with-password\`: it opens sessions with a password, which only \`vestibule run --password-stdin\` does; the
  server has no passwords.

The server checks both of its profiles when it starts. It does not start if the login profile has an error, or if either
profile has an error that gives away rights (marked *).

Each rule has a test with the real modules under \`${TRIALS}/\`. The test shows what goes wrong with a profile
that breaks the rule, and that it no longer does once the profile is fixed.

| code | level | why | what to do | test |
|---|---|---|---|---|
${RULES.map(row).join('\n')}

The level of a finding can differ from that of its rule: a missing module is only a warning if the stack succeeds without it.

## Facts

A check looks up what it needs to know besides the profiles. For the files of another machine, \`--facts FILE\` gives it
instead: a JSON object with any of these keys. \`null\` means “unknown”; rules do not guess.

| key | value |
|---|---|
${Object.entries(FACT_FORMS)
  .map(([key, text]) => `| \`${key}\` | ${text} |`)
  .join('\n')}
`;
}

function row({ code, level, why, remedy, trial, unsafe }: Rule): string {
  const name = `\`${code}\`${unsafe === true ? ' *' : ''}`;
  const cells = [name, level, why, sentence(remedy), `\`${trial}\``];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
