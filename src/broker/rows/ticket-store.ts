/** The rows of tickets and of their passes. Of secrets only the SHA-256 hash is stored. */
import { createHash, randomBytes } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import { SECRET_VERSION } from '../../protocol/gateway-broker.ts';
import type { SessionId, TicketId, Uid, UserName } from '../../protocol/ids.ts';
import type { Store } from '../database/store.ts';
import type { Person } from './person.ts';

export interface Ticket extends Person {
  readonly id: TicketId;
  /** Leaders require it to open a PAM session or start a program for the user. */
  readonly grant: Uint8Array;
  readonly address: string;
  readonly userAgent: string;
  /** Unix ms */
  readonly issued: number;
  /** When the user was last active with it. */
  readonly used: number;
  readonly idleEnd: number;
  readonly absoluteEnd: number;
}
export type TicketStore = ReturnType<typeof openTicketStore>;

/** The secret of a ticket, a pass or a one-time code, or of a known browser. */
export function makeSecret(): string {
  return `${SECRET_VERSION}.${randomBytes(32).toString('base64url')}`;
}

export function openTicketStore(store: Store) {
  const { database } = store;
  const insert = store.prepareWrite(
    `INSERT INTO tickets (id, hash, user, uid, pam_grant, address, user_agent, issued, used, idle_end, absolute_end)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const byHash = database.prepare('SELECT * FROM tickets WHERE hash = ?');
  const byPass = database.prepare(
    'SELECT tickets.* FROM tickets JOIN passes ON passes.ticket = tickets.id WHERE passes.hash = ? AND passes.session = ?',
  );
  const byId = database.prepare('SELECT * FROM tickets WHERE id = ?');
  const expired = database.prepare(
    'SELECT * FROM tickets WHERE idle_end <= ? OR absolute_end <= ?',
  );
  const slide = store.prepareWrite('UPDATE tickets SET idle_end = ?, used = ? WHERE id = ?');
  const remove = store.prepareWrite('DELETE FROM tickets WHERE id = ?');
  const countAll = database.prepare('SELECT count(*) AS n FROM tickets');
  const ofUser = database.prepare(
    'SELECT * FROM tickets WHERE user = ? AND uid = ? ORDER BY issued, id',
  );
  const ofOthers = database.prepare('SELECT * FROM tickets WHERE user = ? AND uid <> ?');
  const ofName = database.prepare('SELECT * FROM tickets WHERE user = ?');
  const all = database.prepare('SELECT * FROM tickets');
  const insertPass = store.prepareWrite(
    'INSERT INTO passes (hash, ticket, session) VALUES (?, ?, ?)',
  );
  return {
    insert: (ticket: Ticket, secret: string): void => {
      const { id, user, uid, grant, address, userAgent } = ticket;
      const { issued, used, idleEnd, absoluteEnd } = ticket;
      const person = [id, hash(secret), user, uid, grant, address, userAgent];
      insert(...person, issued, used, idleEnd, absoluteEnd);
    },
    find: (secret: string): Ticket | undefined => optional(byHash.get(hash(secret))),
    findByPass: (pass: string, session: SessionId): Ticket | undefined =>
      optional(byPass.get(hash(pass), session)),
    get: (id: TicketId): Ticket | undefined => optional(byId.get(id)),
    listExpired: (now: number): Ticket[] => expired.all(now, now).map(toTicket),
    slide: (id: TicketId, idleEnd: number, used: number): void => slide(idleEnd, used, id),
    /** Also removes its passes (ON DELETE CASCADE). */
    remove: (id: TicketId): void => remove(id),
    count: (): number => Number(countAll.get()?.n),
    /** Tickets with this name and uid: the name alone may have belonged to another account before. */
    listOf: ({ user, uid }: Person): Ticket[] => ofUser.all(user, uid).map(toTicket),
    /** Tickets with this name and another uid. */
    listNamesakes: ({ user, uid }: Person): Ticket[] => ofOthers.all(user, uid).map(toTicket),
    /** Tickets with this name and any uid. */
    listNamed: (user: UserName): Ticket[] => ofName.all(user).map(toTicket),
    listAll: (): Ticket[] => all.all().map(toTicket),
    insertPass: (pass: string, ticket: TicketId, session: SessionId): void =>
      insertPass(hash(pass), ticket, session),
  };
}

function hash(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

type Row = Record<string, SQLOutputValue>;

function optional(row: Row | undefined): Ticket | undefined {
  return row && toTicket(row);
}

function toTicket(row: Row): Ticket {
  return {
    id: row.id as TicketId,
    user: row.user as UserName,
    uid: row.uid as Uid,
    grant: row.pam_grant as Uint8Array,
    address: row.address as string,
    userAgent: row.user_agent as string,
    issued: row.issued as number,
    used: row.used as number,
    idleEnd: row.idle_end as number,
    absoluteEnd: row.absolute_end as number,
  };
}
