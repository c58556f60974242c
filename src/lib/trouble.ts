/** What keeps the server from its work, as status tells it. */
export interface Trouble {
  /** For example 'full', 'inodes', 'read-only', 'damaged': src/broker/database/disk-trouble.ts has them all. */
  readonly kind: string;
  readonly path: string;
  /** For administrators: what is wrong, and what to do. */
  readonly text: string;
}
