/**
 * A page's style is part of its script. As a file of its own it would need another connection, which takes two round
 * trips, and the script would wait for it.
 */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
