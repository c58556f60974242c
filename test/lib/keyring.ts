/** add_key(2) and keyctl(2) by number, for perl's syscall: no program that every Debian has calls them. */
export const [ADD_KEY, KEYCTL] = process.arch === 'arm64' ? [217, 219] : [248, 250];
const [GET_KEYRING_ID, SESSION_KEYRING] = [0, -3];

/** A shell command that prints the number of its session keyring. */
export const PRINT_KEYRING = `perl -e 'print syscall(${KEYCTL}, ${GET_KEYRING_ID}, ${SESSION_KEYRING}, 0), qq{\\n}'`;
