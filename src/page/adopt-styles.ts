/**
 * The style of a page comes in its script: a file of its own would come over a connection of its own, which takes two
 * round trips to make, and the script would wait for it.
 */
export function adoptStyles(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
