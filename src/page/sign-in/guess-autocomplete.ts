/** PAM does not say what a prompt is for; its text usually does, and password managers should know. */
export function guessAutocomplete(text: string): string {
  if (/\b(?:code|token|otp|verification|one[- ]time)\b/i.test(text)) return 'one-time-code';
  if (/\b(?:new|retype|repeat|again)\b.*\bpass/i.test(text)) return 'new-password';
  if (/\bpass(?:word|phrase)\b/i.test(text)) return 'current-password';
  return 'off';
}
