/** The terminal page, at /s/<id>/ on the session origin: connects its parts. */
import { adoptStyles } from '../adopt-styles.ts';
import { texts } from '../texts.ts';
import { makeBell } from './bell.ts';
import { listenToClipboard, pasteCleanly } from './clipboard.ts';
import { Connection } from './connection.ts';
import { describeExit } from './exit-status.ts';
import { KeyBar } from './key-bar.ts';
import { LeaveWarning } from './leave-warning.ts';
import { makeLinkHandler, openPlainLinks } from './links.ts';
import { mendErase } from './mend-erase.ts';
import { muteAnswers } from './mute-answers.ts';
import { PageState } from './page-state.ts';
import { Screen } from './screen.ts';
import { SettingsStore } from './settings.ts';
import { makeSettingsPanel } from './settings-panel.ts';
import { actOnShortcuts } from './shortcut-acts.ts';
import { StateBar } from './state-bar.ts';
import styles from './terminal.css?inline';
import { WindowTitle } from './window-title.ts';

adoptStyles(styles);
// Removes the one-time code from the address, so that the page can be reloaded.
if (location.pathname.endsWith('/enter')) history.replaceState(null, '', './');
const home = document.querySelector<HTMLMetaElement>('meta[name="home-origin"]')!.content;
const place = document.getElementById('terminal')!;
const settings = new SettingsStore(localStorage);
const warning = new LeaveWarning();

const bar = new StateBar(document.getElementById('bar')!, {
  home: `${home}/`,
  find: () => void find(),
  settings: () => panel.showModal(),
  fit: () => {
    takeSize();
    terminal.focus();
  },
  leave: warning.leave,
  back: () => terminal.focus(),
});
const title = new WindowTitle((text) => bar.showTitle(text));
const hint = (address: string): void => bar.showTitle(address || title.shown);
const screen = new Screen(place, {
  settings: settings.current,
  linkHandler: makeLinkHandler({ hint }),
  onSize: (size) => connection.resize(size),
  onShown: (foreign) => bar.showSize(foreign),
});
const { terminal } = screen;
openPlainLinks(terminal, { hint });

const state = new PageState({
  bar,
  leave: warning.leave,
  tryNow: () => connection.tryNow(),
});
const connection: Connection = new Connection({
  url: new URL('socket', location.href).href.replace(/^http/, 'ws'),
  screen,
  entered: state.entered,
  onState: (now) => {
    state.set(now);
    if (state.isOver) warning.set(false);
  },
  onWaiting: (bytes, full) => state.showTyped(bytes, full),
  onDoubt: () => bar.note(texts.terminal.doubt),
  onJobs: (running) => warning.set(running),
  onExit: (status, endedBy) => {
    warning.set(false);
    state.exit(describeExit(status, endedBy));
  },
});
const { writer } = connection;
const { isOld, isMuted } = writer;
mendErase(terminal);
muteAnswers(terminal, isMuted);

const panel = makeSettingsPanel(settings);
panel.onclose = () => terminal.focus();
document.body.append(panel);
settings.onChange((now) => screen.apply(now));
addEventListener('storage', (event) => settings.read(event));

async function find(): Promise<void> {
  const { openFind } = await import('./find-bar.ts');
  openFind(terminal, place);
}

/** The window that is typed in decides the size. */
function takeSize(): void {
  if (!screen.isForeign) return;
  screen.restoreOwnSize();
  connection.resize(screen.own);
}

const encoder = new TextEncoder();
function type(text: string): void {
  if (state.isOver) return;
  takeSize();
  connection.type(encoder.encode(text));
}
const keys = new KeyBar(document.getElementById('keys')!, {
  type,
  applicationCursor: () => terminal.modes.applicationCursorKeysMode,
  paste: (text) => terminal.paste(text),
  failed: (text) => bar.note(text),
});
terminal.onData((text) => type(keys.modify(text)));
terminal.onBinary((text) => {
  if (!state.isOver) connection.type(Uint8Array.from(text, (one) => one.charCodeAt(0)));
});
terminal.onTitleChange((text) => title.set(text));
const flash = makeBell(place);
terminal.onBell(() => {
  if (isOld()) return;
  flash();
  title.ring();
});
pasteCleanly(terminal, place);
listenToClipboard(terminal, {
  allowed: () => settings.current.clipboard,
  isOld,
  written: (characters) => bar.note(texts.terminal.copied(characters)),
});
actOnShortcuts(terminal, {
  find: () => void find(),
  leave: () => bar.focus(),
  changeFontSize: (step) => settings.changeFontSize(step),
  failed: (text) => bar.note(text),
});
terminal.focus();
