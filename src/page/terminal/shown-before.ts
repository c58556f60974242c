/** How much of a session's output this browser has shown: kept over reloads and for other tabs. */
export class ShownBefore {
  private readonly key: string;
  private readonly storage: Storage;
  /** As it was when this page began. */
  readonly end: bigint;

  constructor(session: string, storage: Storage) {
    this.key = `shown:${session}`;
    this.storage = storage;
    this.end = this.read();
  }

  save(shown: bigint): void {
    if (shown > this.read()) this.storage.setItem(this.key, String(shown));
  }

  forget(): void {
    this.storage.removeItem(this.key);
  }

  private read(): bigint {
    const text = this.storage.getItem(this.key) ?? '';
    return /^\d{1,18}$/.test(text) ? BigInt(text) : 0n;
  }
}
