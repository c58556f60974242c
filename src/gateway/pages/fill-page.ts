/** Fills the placeholders in the built pages with what only the running gateway knows. */
export interface Welcome {
  /** Empty: the page shows the host name in its address. */
  readonly title: string;
  /** Empty: none. Lines end with \n. */
  readonly banner: string;
}

/** The options as they stand in the file. */
export function makeWelcome(title: string, banner: string): Welcome {
  return { title, banner: banner.replaceAll('\\n', '\n') };
}

/** values: by placeholder. All in one pass, so that a placeholder inside a value is not replaced. */
export function fillPage(html: string, values: ReadonlyMap<string, string>): string {
  const places = new RegExp([...values.keys()].join('|'), 'g');
  return html.replace(places, (place) => escapeHtml(values.get(place) ?? ''));
}

/** For an attribute in single quotes: JSON is full of double ones. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
