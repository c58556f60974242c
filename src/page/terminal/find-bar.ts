/** Finds text in the screen and the scroll-back. Loaded with the first search. */
import { type ISearchOptions, SearchAddon } from '@xterm/addon-search';
import type { Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';

/** Further matches can be reached, but are neither marked nor counted. */
const MOST_MARKED = 1000;
const words = texts.terminal.find;

type Decorations = NonNullable<ISearchOptions['decorations']>;

/** The current match has no background of its own: it is selected, and the selection would hide it. */
const light: Decorations = {
  matchBackground: '#ffe066',
  matchOverviewRuler: '#f59f00',
  activeMatchBorder: '#d9480f',
  activeMatchColorOverviewRuler: '#d9480f',
};
const dark: Decorations = {
  matchBackground: '#5c4a00',
  matchOverviewRuler: '#f59f00',
  activeMatchBorder: '#ffc078',
  activeMatchColorOverviewRuler: '#ffc078',
};

let bar: FindBar | undefined;

export function openFind(terminal: Terminal, place: HTMLElement): void {
  bar ??= new FindBar(terminal, place);
  bar.open();
}

class FindBar {
  private readonly terminal: Terminal;
  private readonly search = new SearchAddon({ highlightLimit: MOST_MARKED });
  private readonly bar = document.createElement('search');
  private readonly input = document.createElement('input');
  private readonly count = document.createElement('output');
  private readonly matchCase: HTMLButtonElement;

  constructor(terminal: Terminal, place: HTMLElement) {
    this.terminal = terminal;
    terminal.loadAddon(this.search);
    this.bar.className = 'find';
    Object.assign(this.input, { type: 'search', spellcheck: false, autocomplete: 'off' });
    this.input.setAttribute('aria-label', words.label);
    this.input.placeholder = words.label;
    this.matchCase = makeButton('Aa', words.matchCase, () => this.toggleCase());
    this.matchCase.setAttribute('aria-pressed', 'false');
    this.bar.append(
      this.input,
      this.count,
      this.matchCase,
      makeButton('↑', words.previous, () => this.find('back')),
      makeButton('↓', words.next, () => this.find('on')),
      makeButton('×', words.close, () => this.close()),
    );
    this.input.oninput = () => this.find('here');
    this.bar.onkeydown = (event) => this.press(event);
    this.search.onDidChangeResults((results) => this.showCount(results));
    place.append(this.bar);
  }

  open(): void {
    this.bar.hidden = false;
    const [chosen = ''] = this.terminal.getSelection().split('\n');
    if (chosen !== '') this.input.value = chosen;
    this.input.focus();
    this.input.select();
    this.find('here');
  }

  private close(): void {
    this.bar.hidden = true;
    this.search.clearDecorations();
    this.terminal.focus();
  }

  private press(event: KeyboardEvent): void {
    const again = event.ctrlKey && event.shiftKey && event.key.toLowerCase() === 'f';
    if (event.key === 'Escape') this.close();
    else if (event.key === 'Enter' && event.target === this.input) {
      this.find(event.shiftKey ? 'back' : 'on');
    } else if (again) this.input.select();
    else return;
    event.preventDefault();
  }

  /** Searches backwards, to older lines, where a person usually looks first. */
  private find(way: 'here' | 'back' | 'on'): void {
    const text = this.input.value;
    if (text === '') {
      this.search.clearDecorations();
      this.count.textContent = '';
      return;
    }
    const caseSensitive = this.matchCase.getAttribute('aria-pressed') === 'true';
    const decorations = matchMedia('(prefers-color-scheme: dark)').matches ? dark : light;
    const options = { caseSensitive, decorations, incremental: way === 'here' };
    const found =
      way === 'back'
        ? this.search.findPrevious(text, options)
        : this.search.findNext(text, options);
    if (!found) this.count.textContent = words.none;
  }

  private toggleCase(): void {
    const pressed = this.matchCase.getAttribute('aria-pressed') === 'true';
    this.matchCase.setAttribute('aria-pressed', String(!pressed));
    this.find('here');
  }

  private showCount({ resultIndex, resultCount }: { resultIndex: number; resultCount: number }) {
    this.count.textContent =
      resultCount === 0
        ? words.none
        : resultCount >= MOST_MARKED
          ? words.many(MOST_MARKED)
          : words.count(resultIndex + 1, resultCount);
  }
}

function makeButton(face: string, label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = face;
  button.title = label;
  button.setAttribute('aria-label', label);
  button.onclick = act;
  return button;
}
