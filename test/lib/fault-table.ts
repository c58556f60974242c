/** What came of each fault at each stage, as the tables of test/acceptance/failure-injection.md. */
import { FAULTS, type Fault, type Profile, STAGES, type Stage } from './faults.ts';

export interface Cell {
  /** By the person. */
  readonly saw: string;
  readonly log: string;
}

export const keyOf = (profile: Profile, stage: Stage, { name }: Fault): string =>
  `${profile} ${stage} ${name}`;
const stagesOf = (profile: Profile) => Object.keys(STAGES[profile]) as Stage[];

export function allKeys(): string[] {
  return (Object.keys(STAGES) as Profile[]).flatMap((profile) =>
    stagesOf(profile).flatMap((stage) => FAULTS.map((fault) => keyOf(profile, stage, fault))),
  );
}

/** text: of the document, with a mark before and after each table. */
export function fillTable(text: string, cells: ReadonlyMap<string, Cell>): string {
  const tables = /(<!-- (login|session) -->\n)[\s\S]*?(?=\n<!-- end -->)/g;
  return text.replace(tables, (_all, mark: string, profile: Profile) => {
    const head = '| stage | the module | the person is told | the log has |\n|---|---|---|---|';
    return [mark + head, ...rowsOf(profile, cells)].join('\n');
  });
}

function rowsOf(profile: Profile, cells: ReadonlyMap<string, Cell>): string[] {
  return stagesOf(profile).flatMap((stage) =>
    FAULTS.map((fault) => {
      const { saw, log } = cells.get(keyOf(profile, stage, fault))!;
      return `| ${stage} | ${fault.name} | ${tidy(saw)} | ${tidy(log) || '–'} |`;
    }),
  );
}

/** Without what differs from run to run. */
function tidy(text: string): string {
  return (
    text
      .trim()
      .replace(/\bfi-\d\b/g, 'ada')
      .replace(/\b[0-9a-f]{32}\b/g, 'ID')
      .replace(/leader \d+/g, 'leader N')
      // The one before the socket's name is gone, the other after.
      .replace(/: (ENOENT|ECONNREFUSED)\b/g, '')
      .replace(/\s*\n\s*/g, ' ')
      .replace(/\|/g, '\\|')
  );
}
