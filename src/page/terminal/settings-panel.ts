/** The dialog with this browser's settings for terminals. Changes take effect at once. */
import { texts } from '../texts.ts';
import { closeOnBackdrop } from './dialogs.ts';
import { FONT_SIZES, SCROLLBACKS, type Settings, type SettingsStore } from './settings.ts';

const words = texts.terminal.settings;

export function makeSettingsPanel(store: SettingsStore): HTMLDialogElement {
  const dialog = document.createElement('dialog');
  dialog.className = 'settings';
  dialog.setAttribute('aria-labelledby', 'settings-title');
  const title = document.createElement('h1');
  title.id = 'settings-title';
  title.textContent = words.title;
  const close = document.createElement('button');
  close.type = 'button';
  close.textContent = words.close;
  close.onclick = () => dialog.close();
  const acts = document.createElement('div');
  acts.className = 'acts';
  acts.append(close);
  dialog.append(
    title,
    ...[makeFontSize(store), makeScrollback(store)],
    makeSwitch(store, 'screenReader', words.screenReader, words.screenReaderHelp),
    makeSwitch(store, 'clipboard', words.clipboard, words.clipboardHelp),
    ...[makeKeys(), acts],
  );
  closeOnBackdrop(dialog);
  return dialog;
}

function makeFontSize(store: SettingsStore): HTMLElement {
  const input = document.createElement('input');
  const { least, most } = FONT_SIZES;
  Object.assign(input, { type: 'number', min: least, max: most, step: 1, required: true });
  const show = ({ fontSize }: Settings): void => {
    input.valueAsNumber = fontSize;
  };
  show(store.current);
  store.onChange(show);
  input.onchange = () => {
    if (input.validity.valid) store.change({ fontSize: input.valueAsNumber });
    else show(store.current);
  };
  return makeLine(input, words.fontSize);
}

function makeScrollback(store: SettingsStore): HTMLElement {
  const select = document.createElement('select');
  for (const lines of SCROLLBACKS) select.add(new Option(words.lines(lines), String(lines)));
  const show = ({ scrollback }: Settings): void => {
    select.value = String(scrollback);
  };
  show(store.current);
  store.onChange(show);
  select.onchange = () => store.change({ scrollback: Number(select.value) });
  return makeLine(select, words.scrollback);
}

function makeSwitch(
  store: SettingsStore,
  name: 'screenReader' | 'clipboard',
  label: string,
  help: string,
): HTMLElement {
  const input = document.createElement('input');
  input.type = 'checkbox';
  const show = (settings: Settings): void => {
    input.checked = settings[name];
  };
  show(store.current);
  store.onChange(show);
  input.onchange = () => store.change({ [name]: input.checked });
  const line = makeLine(input, label);
  line.classList.add('switch');
  const note = document.createElement('small');
  note.id = `${name}-help`;
  note.textContent = help;
  input.setAttribute('aria-describedby', note.id);
  line.append(note);
  return line;
}

function makeLine(control: HTMLElement, text: string): HTMLElement {
  const line = document.createElement('label');
  const name = document.createElement('span');
  name.textContent = text;
  line.append(name, control);
  return line;
}

/** The list of shortcuts: people would not find them otherwise. */
function makeKeys(): HTMLElement {
  const list = document.createElement('dl');
  for (const [keys, act] of words.shortcuts) {
    const term = document.createElement('dt');
    term.textContent = keys;
    const meaning = document.createElement('dd');
    meaning.textContent = act;
    list.append(term, meaning);
  }
  return list;
}
