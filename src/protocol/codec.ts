/**
 * Encodes and decodes messages as the MessageSpec tables say (broker-leader.ts, leader-host.ts, gateway-session.ts). A
 * payload is a frame without its length: u8 type, then the fields. A payload that does not match exactly is an error.
 * There is no Buffer here, so that the terminal page can use it, too.
 */
import type { FieldKind, MessageSpec } from './broker-leader.ts';

/** The TypeScript type of each field kind. */
export interface FieldTypes {
  u8: number;
  u16: number;
  u32: number;
  u64: bigint;
  string: string;
  bytes: Uint8Array;
  strings: readonly string[];
  blobs: readonly Uint8Array[];
  u32s: readonly number[];
  rest: Uint8Array;
}
export type MessageTable = Readonly<Record<string, MessageSpec>>;
export type FieldsOf<S extends MessageSpec> = {
  readonly [F in keyof S['fields']]: FieldTypes[S['fields'][F]];
};
/** A message of a table: its `name`, and its fields beside it. */
export type MessageOf<T extends MessageTable, N extends keyof T = keyof T> = {
  [K in N]: { readonly name: K } & FieldsOf<T[K]>;
}[N];

/** The bytes do not match the table, or a value does not fit into its field. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Encodes the payload of one frame. */
export function encode<T extends MessageTable>(table: T, message: MessageOf<T>): Uint8Array {
  const values = message as unknown as Record<string, unknown> & { name: string };
  const spec = Object.hasOwn(table, values.name) ? table[values.name] : undefined;
  if (spec === undefined) throw new CodecError(`there is no message '${values.name}' to send`);
  const parts: Uint8Array[] = [Uint8Array.of(spec.type)];
  for (const [field, kind] of Object.entries(spec.fields)) {
    try {
      writers[kind](parts, values[field] as never);
    } catch (error) {
      throw new CodecError(`${values.name}.${field}: ${(error as Error).message}`);
    }
  }
  return concatenate(parts);
}

/** Decodes the payload of one frame. `bytes`, `blobs` and `rest` are views into it, not copies. */
export function decode<T extends MessageTable>(table: T, payload: Uint8Array): MessageOf<T> {
  const type = payload[0];
  const name = Object.keys(table).find((key) => table[key]?.type === type);
  const spec = name === undefined ? undefined : table[name];
  if (spec === undefined) throw new CodecError(`there is no message of type ${type}`);
  const reader = new Reader(payload, 1);
  const message: Record<string, unknown> = { name };
  for (const [field, kind] of Object.entries(spec.fields)) {
    try {
      message[field] = readers[kind](reader);
    } catch (error) {
      throw new CodecError(`${name}.${field}: ${(error as Error).message}`);
    }
  }
  if (reader.left > 0) throw new CodecError(`${name}: ${reader.left} bytes too many`);
  return message as unknown as MessageOf<T>;
}

class Reader {
  private readonly data: Uint8Array;
  private readonly view: DataView;
  private at: number;

  constructor(data: Uint8Array, at: number) {
    this.data = data;
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    this.at = at;
  }

  get left(): number {
    return this.data.length - this.at;
  }

  /** Skips `size` bytes and returns where they start. */
  private step(size: number): number {
    if (size > this.left) throw new CodecError(`wants ${size} bytes, ${this.left} are left`);
    this.at += size;
    return this.at - size;
  }

  u8 = (): number => this.view.getUint8(this.step(1));
  u16 = (): number => this.view.getUint16(this.step(2));
  u32 = (): number => this.view.getUint32(this.step(4));
  u64 = (): bigint => this.view.getBigUint64(this.step(8));

  take(size: number): Uint8Array {
    const start = this.step(size);
    return this.data.subarray(start, start + size);
  }

  bytes = (): Uint8Array => this.take(this.u16());

  string = (): string => {
    const bytes = this.bytes();
    if (bytes.includes(0)) throw new CodecError('a string holds a NUL');
    try {
      return utf8.decode(bytes);
    } catch {
      throw new CodecError('a string is not UTF-8');
    }
  };

  /** A count that cannot be true is refused before anything is allocated for it. */
  list<V>(smallest: number, read: () => V): V[] {
    const count = this.u16();
    if (count * smallest > this.left) {
      throw new CodecError(`${count} items cannot fit in ${this.left} bytes`);
    }
    return Array.from({ length: count }, read);
  }
}

const readers: { [K in FieldKind]: (reader: Reader) => FieldTypes[K] } = {
  u8: (reader) => reader.u8(),
  u16: (reader) => reader.u16(),
  u32: (reader) => reader.u32(),
  u64: (reader) => reader.u64(),
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
  strings: (reader) => reader.list(2, reader.string),
  blobs: (reader) => reader.list(2, reader.bytes),
  u32s: (reader) => reader.list(4, reader.u32),
  rest: (reader) => reader.take(reader.left),
};

const writers: { [K in FieldKind]: (parts: Uint8Array[], value: FieldTypes[K]) => void } = {
  u8: (parts, value) => parts.push(integer(1, value)),
  u16: (parts, value) => parts.push(integer(2, value)),
  u32: (parts, value) => parts.push(integer(4, value)),
  u64: (parts, value) => parts.push(integer(8, value)),
  string: (parts, value) => writeBytes(parts, encodeText(value)),
  bytes: (parts, value) => writeBytes(parts, value),
  strings: (parts, value) => {
    parts.push(integer(2, value.length));
    for (const text of value) writeBytes(parts, encodeText(text));
  },
  blobs: (parts, value) => {
    parts.push(integer(2, value.length));
    for (const blob of value) writeBytes(parts, blob);
  },
  u32s: (parts, value) => {
    parts.push(integer(2, value.length));
    for (const number of value) parts.push(integer(4, number));
  },
  rest: (parts, value) => parts.push(value),
};

function writeBytes(parts: Uint8Array[], bytes: Uint8Array): void {
  parts.push(integer(2, bytes.length), bytes);
}

function encodeText(text: string): Uint8Array {
  if (text.includes('\0')) throw new CodecError('a string holds a NUL');
  if (!text.isWellFormed()) throw new CodecError('a string is not well-formed Unicode');
  return encoder.encode(text);
}

/** Big-endian, `size` bytes. */
function integer(size: number, value: number | bigint): Uint8Array {
  const wide = BigInt(value);
  if (wide < 0n || wide >= 1n << BigInt(size * 8)) {
    throw new CodecError(`${value} does not fit in ${size} bytes`);
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, wide);
  return bytes.subarray(8 - size);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
