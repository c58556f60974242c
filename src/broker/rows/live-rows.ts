/** The rows that have not ended: in memory, by id and by person, the oldest first. */
import { type Person, personKey } from './person.ts';

export interface LiveRow extends Person {
  readonly id: string;
  readonly ended: number | null;
}

export class LiveRows<R extends LiveRow> {
  private byId = new Map<string, R>();
  private byPerson = new Map<string, Map<string, R>>();

  get size(): number {
    return this.byId.size;
  }

  get(id: R['id']): R | undefined {
    return this.byId.get(id);
  }

  list(): R[] {
    return [...this.byId.values()];
  }

  listOf(person: Person): R[] {
    return [...(this.byPerson.get(personKey(person))?.values() ?? [])];
  }

  /** Adds or replaces a row; removes it if it has ended. */
  put(row: R): void {
    if (row.ended !== null) {
      this.forget(row);
      return;
    }
    this.byId.set(row.id, row);
    const key = personKey(row);
    const own = this.byPerson.get(key) ?? new Map<string, R>();
    this.byPerson.set(key, own.set(row.id, row));
  }

  /** Replaces all rows. */
  replace(rows: readonly R[]): void {
    this.byId = new Map();
    this.byPerson = new Map();
    for (const row of rows) this.put(row);
  }

  private forget(row: R): void {
    const key = personKey(row);
    this.byId.delete(row.id);
    this.byPerson.get(key)?.delete(row.id);
    if (this.byPerson.get(key)?.size === 0) this.byPerson.delete(key);
  }
}
