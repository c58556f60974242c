/** Puts into the HTML of the built pages what only the running gateway knows. */
export interface Welcome {
  /** Empty: the page shows the host name of its address. */
  readonly title: string;
  /** Empty: none. Lines end with \n. */
  readonly banner: string;
}

/** The options as they stand in the file. */
export function makeWelcome(title: string, banner: string): Welcome {
  return { title, banner: banner.replaceAll('\\n', '\n') };
}

/** values: by their places. All in one pass: what one value holds is never taken for the place of another. */
export function fillPage(html: string, values: ReadonlyMap<string, string>): string {
  const places = new RegExp([...values.keys()].join('|'), 'g');
  return html.replace(places, (place) => escapeHtml(values.get(place) ?? ''));
}

/** For an attribute in single quotes: JSON has too many double ones. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>']/g, (character) => `&#${character.charCodeAt(0)};`);
}
