/**
 * xterm.js writes <style> elements and style attributes. A strict content security policy (style-src 'self') forbids
 * both, but allows the same through the CSSOM: so on this page they are redirected there. Call this before a terminal
 * is opened.
 */
export function applyStylesByCssom(): void {
  const createElement = document.createElement.bind(document);
  document.createElement = ((name: string, options?: ElementCreationOptions) =>
    name === 'style'
      ? adoptSheet(createElement('template'))
      : createElement(name, options)) as typeof document.createElement;

  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (this: Element, name: string, value: string): void {
    if (name === 'style' && this instanceof HTMLElement) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}

/** Makes the element's text a style sheet of the document. The element is no <style>: even an empty one is refused. */
function adoptSheet(element: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  Object.defineProperty(element, 'textContent', {
    set: (text: string) => sheet.replaceSync(text),
  });
  element.remove = () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    HTMLElement.prototype.remove.call(element);
  };
  return element;
}
