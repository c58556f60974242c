/** Reads a field as the bytes that will be sealed. */
import { MAX_SECRET } from '../../protocol/sealed-answer.ts';

type Field = { value: string };

export function isTooLong(field: Field): boolean {
  const { length } = encodeText(field.value);
  return length > MAX_SECRET;
}

/** Empties the field. */
export function takeSecret(field: Field): Uint8Array {
  const secret = encodeText(field.value);
  field.value = '';
  return secret;
}

function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
