/** Makes text from others (the name of a session, the output of a PAM module) safe to show on a terminal. */
const DANGEROUS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gv;

/** Writes control characters, and characters that change the direction of text, as \xNN or \uNNNN. */
export function escapeText(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The same for text that is JSON: the result is JSON of the same value. */
export function escapeJson(json: string): string {
  return json.replace(DANGEROUS, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
