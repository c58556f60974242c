/** What a check needs to know besides the profiles. null: unknown; rules do not guess. */

export interface Facts {
  /** Whether sessions are opened with the password of the sign-in. */
  readonly auth_pam_sessions_use_password: boolean | null;
  /** ID of os-release(5). */
  readonly distribution: string | null;
  /** Version of Linux-PAM. */
  readonly linux_pam: string | null;
  /** Whether libpam supports `@include`. */
  readonly at_include_supported: boolean | null;
  readonly modules_dir: string | null;
  /** File names in modules_dir. */
  readonly modules: readonly string[] | null;
  readonly systemd_booted: boolean | null;
  readonly dbus: boolean | null;
  readonly auditd: boolean | null;
  readonly selinux: boolean | null;
  /** Names of installed packages. */
  readonly packages: readonly string[] | null;
  /** Whether sssd provides accounts. */
  readonly sssd: boolean | null;
  /** Whether pmvarrun is installed, the program with which pam_mount counts sessions. */
  readonly pmvarrun: boolean | null;
  readonly accounts_with_empty_password: readonly string[] | null;
  /** How users sign in: `pam`, or another method. */
  readonly auth_by: string | null;
}

type Reader = (value: unknown) => unknown;
/** The accepted values of a fact; a reader returns undefined for any other. */
const YES: readonly unknown[] = [true, 1, 'yes', 'running', 'active', 'enforcing', 'permissive'];
const NO: readonly unknown[] = [false, 0, 'no', 'stopped', 'inactive', 'disabled', ''];
const flag: Reader = (value) => {
  if (YES.includes(value)) return true;
  return NO.includes(value) ? false : undefined;
};
/** A path or an object (its settings) also means that the thing is present. */
const presence: Reader = (value) => {
  const isPlace = typeof value === 'string' && value.startsWith('/');
  return isPlace || (typeof value === 'object' && !Array.isArray(value)) ? true : flag(value);
};
const text: Reader = (value) => (typeof value === 'string' && value !== '' ? value : undefined);
const list: Reader = (value) => {
  const names = Array.isArray(value) ? value : asNames(value);
  return names?.every((name) => typeof name === 'string') === true ? names : undefined;
};

function asNames(value: unknown): unknown[] | undefined {
  return typeof value === 'object' ? Object.keys(value ?? {}) : undefined;
}

const FORMS: Readonly<Record<keyof Facts, readonly [read: Reader, wanted: string]>> = {
  auth_pam_sessions_use_password: [flag, 'true or false'],
  distribution: [text, 'a text such as "debian"'],
  linux_pam: [text, 'a version such as "1.5.2"'],
  at_include_supported: [flag, 'true or false'],
  modules_dir: [text, 'a path'],
  modules: [list, 'a list of file names'],
  systemd_booted: [flag, 'true or false'],
  dbus: [presence, 'true or false'],
  auditd: [presence, 'true or false'],
  selinux: [presence, 'true or false'],
  packages: [list, 'a list of names'],
  sssd: [presence, 'true or false'],
  pmvarrun: [presence, 'true or false, or its path'],
  accounts_with_empty_password: [list, 'a list of names'],
  auth_by: [text, 'a text such as "pam"'],
};

/** A facts file that cannot be used. */
export class FactsError extends Error {
  override readonly name = 'FactsError';
}

/** The facts that a file states. */
export function parseFacts(file: string, json: string): Partial<Facts> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new FactsError(
      `${file}: wanted JSON, got something else: ${(error as Error).message}; correct it`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FactsError(`${file}: wanted an object of facts, got ${got(value)}; write {…}`);
  const facts = Object.entries(value).map(([key, given]) => [key, readFact(file, key, given)]);
  return Object.fromEntries(facts) as Partial<Facts>;
}

function readFact(file: string, key: string, given: unknown): unknown {
  if (!Object.hasOwn(FORMS, key)) {
    const known = Object.keys(FORMS).join(', ');
    throw new FactsError(`${file}: wanted known facts, got '${key}'; there are ${known}`);
  }
  const [read, wanted] = FORMS[key as keyof Facts];
  if (given === null) return null;
  const fact = read(given);
  if (fact === undefined)
    throw new FactsError(`${file}: ${key} wanted ${wanted}, got ${got(given)}; correct it`);
  return fact;
}

function got(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}

/** The form of each fact's value, for the documentation. */
export const FACT_FORMS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FORMS).map(([key, [, wanted]]) => [key, wanted]),
);
