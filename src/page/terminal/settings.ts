/** This browser's settings for all terminals; its other tabs follow a change. */

export interface Settings {
  /** Pixels. */
  readonly fontSize: number;
  /** Lines above the screen. */
  readonly scrollback: number;
  readonly screenReader: boolean;
  /** Programs may put text on the clipboard (OSC 52). They may never read it. */
  readonly clipboard: boolean;
}
export const DEFAULT_SETTINGS: Settings = {
  fontSize: 14,
  scrollback: 10_000,
  screenReader: false,
  clipboard: false,
};
export const FONT_SIZES = { least: 8, most: 32 } as const;
export const SCROLLBACKS = [1000, 10_000, 50_000, 100_000] as const;
const KEY = 'terminal-settings';

export class SettingsStore {
  private readonly storage: Storage;
  private readonly listeners: ((settings: Settings) => void)[] = [];
  current: Settings;

  constructor(storage: Storage) {
    this.storage = storage;
    this.current = parseSettings(storage.getItem(KEY));
  }

  onChange(listener: (settings: Settings) => void): void {
    this.listeners.push(listener);
  }

  change(changed: Partial<Settings>): void {
    this.current = { ...this.current, ...changed };
    this.storage.setItem(KEY, JSON.stringify(this.current));
    this.tell();
  }

  changeFontSize(step: -1 | 0 | 1): void {
    const size = step === 0 ? DEFAULT_SETTINGS.fontSize : this.current.fontSize + step;
    const { least, most } = FONT_SIZES;
    this.change({ fontSize: Math.min(most, Math.max(least, size)) });
  }

  /** Another tab changed them. */
  read({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): void {
    if (key !== KEY) return;
    this.current = parseSettings(newValue);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.current);
  }
}

/** A value that is not valid is replaced by its default. */
function parseSettings(text: string | null): Settings {
  const kept = parseObject(text ?? '{}');
  const { fontSize, scrollback, screenReader, clipboard } = { ...DEFAULT_SETTINGS, ...kept };
  const isSize =
    Number.isInteger(fontSize) && fontSize >= FONT_SIZES.least && fontSize <= FONT_SIZES.most;
  return {
    fontSize: isSize ? fontSize : DEFAULT_SETTINGS.fontSize,
    scrollback: SCROLLBACKS.find((one) => one === scrollback) ?? DEFAULT_SETTINGS.scrollback,
    screenReader: screenReader === true,
    clipboard: clipboard === true,
  };
}

function parseObject(text: string): Partial<Settings> {
  try {
    return JSON.parse(text) as Partial<Settings>;
  } catch {
    return {};
  }
}
