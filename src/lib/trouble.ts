/** Something that keeps the server from working, such as a full disk; `vestibule status` lists it. */
export interface Trouble {
  /** For example 'full', 'inodes', 'read-only', 'damaged'; src/broker/database/disk-trouble.ts has all of them. */
  readonly kind: string;
  readonly path: string;
  /** For administrators: what is wrong, and what to do. */
  readonly text: string;
}
