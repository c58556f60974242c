/** The few keys that the page does not pass on to the program. */

export type Shortcut =
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'find'
  | 'leave'
  | 'larger'
  | 'smaller'
  | 'normal';

type Press = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/** mac: there Command does what Control+Shift does elsewhere. */
export function findShortcut(event: Press, mac: boolean): Shortcut | null {
  const { ctrlKey, shiftKey, altKey, metaKey } = event;
  if (altKey) return null;
  if (ctrlKey && shiftKey && !metaKey) return withControlShift(event);
  if (mac && metaKey && !ctrlKey) return withCommand(event);
  if (ctrlKey && !shiftKey && !metaKey) return withControl(event);
  if (shiftKey && !ctrlKey && !metaKey && event.key === 'Insert') return 'paste';
  return null;
}

function withControlShift({ key }: Press): Shortcut | null {
  switch (key.toLowerCase()) {
    case 'f6':
      return 'leave';
    // Plus needs Shift on many keyboards; minus with Shift is the underscore, which is the program's.
    case '+':
      return 'larger';
    default:
      return findLetter(key);
  }
}

function withCommand({ key }: Press): Shortcut | null {
  return findLetter(key) ?? findSize(key);
}

function findLetter(key: string): Shortcut | null {
  switch (key.toLowerCase()) {
    case 'c':
      return 'copy';
    case 'v':
      return 'paste';
    case 'a':
      return 'selectAll';
    case 'f':
      return 'find';
    default:
      return null;
  }
}

function withControl({ key }: Press): Shortcut | null {
  return key === 'Insert' ? 'copy' : findSize(key);
}

function findSize(key: string): Shortcut | null {
  switch (key) {
    case '+':
    case '=':
      return 'larger';
    case '-':
      return 'smaller';
    case '0':
      return 'normal';
    default:
      return null;
  }
}
