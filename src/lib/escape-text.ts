/** Text from elsewhere (a session's name, a PAM module's words) made safe to show on a terminal. */
const DANGEROUS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gv;

/** Control characters, and those that change the direction of text, as \xNN or \uNNNN. */
export function escapeText(text: string): string {
  return text.replace(DANGEROUS, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** The same inside JSON that is already written: it stays JSON of the same value. */
export function escapeJson(json: string): string {
  return json.replace(DANGEROUS, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
