/** Renames a session. A name is short, on one line, and unique among the live sessions of the user. */

import { ProblemError } from '../base/problem.ts';
import { notePamSession } from '../changes/change-pam-session.ts';
import { noteSession } from '../changes/change-session.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { pamSessionOf } from '../views/pam-session-of.ts';

const LONGEST = 64;
/** Control characters, characters that change the text direction, line ends, and unpaired surrogates. */
const UNFIT = /[\p{Cc}\p{Bidi_Control}\p{Cs}\p{Zl}\p{Zp}]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** by: who renames it, for the audit. */
export function renameSession(
  broker: Broker,
  row: SessionRow,
  wanted: string,
  by: { readonly user: string; readonly uid: number },
): SessionRow {
  const { id, ended } = row;
  if (ended !== null) throw new ProblemError('session-ended', `session ${id} is '${row.state}'`);
  const name = wanted.normalize('NFC').trim();
  checkName(name);
  if (name === row.name) return row;
  const others = broker.sessions.listLiveOf(row).filter((other) => other.id !== id);
  if (others.some((other) => other.name === name)) {
    throw refused('another session has it', 'Another session of yours has this name.');
  }
  broker.store.transact(() => {
    noteSession(broker, id, { name });
    const pam = pamSessionOf(broker, row);
    if (pam && !pam.isHome) notePamSession(broker, pam.id, { label: name });
    const detail = `'${row.name}' to '${name}'`;
    broker.audit({ event: 'session-renamed', ...by, session: id, detail });
  });
  return { ...row, name };
}

function checkName(name: string): void {
  const { length } = [...name];
  if (!VISIBLE.test(name))
    throw refused('nothing visible', 'A name must have at least one visible character.');
  if (length > LONGEST) {
    throw refused(`${length} characters`, `A name has at most ${LONGEST} characters.`);
  }
  if (UNFIT.test(name)) {
    throw refused('control characters', 'A name must not have line ends or control characters.');
  }
}

function refused(detail: string, text: string): ProblemError {
  return new ProblemError('name-refused', `name: ${detail}`, text);
}
