/** The terminal's page, on the session origin at /s/<id>/. */
import './terminal.css';
import { texts } from '../texts.ts';
import { describeState } from './bar-states.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { describeExit } from './exit-status.ts';
import { muteAnswers } from './mute-answers.ts';
import { Screen } from './screen.ts';
import { ShownBefore } from './shown-before.ts';
import { StateBar } from './state-bar.ts';

/** A second way to the home origin within this time would only lead back here. */
const ENTER_AGAIN_MS = 30_000;
const ENTERED = 'entered';

const session = location.pathname.split('/')[2] ?? '';
const home = document.querySelector<HTMLMetaElement>('meta[name="home-origin"]')!.content;
const shown = new ShownBefore(session, localStorage);
const bar = new StateBar(document.getElementById('bar')!, `${home}/`);
const screen = new Screen(document.getElementById('terminal')!, (size) => connection.resize(size));
const { terminal } = screen;

function enter(): void {
  sessionStorage.setItem(ENTERED, String(Date.now()));
  location.replace('enter');
}

let exit = '';
function showState(state: ConnectionState): void {
  terminal.options.disableStdin = state !== 'connected';
  if (state === 'connected') sessionStorage.removeItem(ENTERED);
  if (state === 'enter') enter();
  const actions = { tryNow: () => connection.tryNow(), enter, reload: () => location.reload() };
  bar.show(describeState(state, exit, actions));
}

const connection: Connection = new Connection({
  url: new URL('socket', location.href).href.replace(/^http/, 'ws'),
  screen,
  oldEnd: shown.end,
  entered: Date.now() - Number(sessionStorage.getItem(ENTERED) ?? 0) < ENTER_AGAIN_MS,
  onState: showState,
  onExit: (status) => {
    exit = describeExit(status);
    shown.forget();
    showState('exited');
  },
});
showState('connecting');
muteAnswers(terminal.parser, connection.writer.isOld);

const encoder = new TextEncoder();
terminal.onData((text) => {
  screen.restoreOwnSize();
  connection.type(encoder.encode(text));
});
terminal.onBinary((text) => {
  connection.type(Uint8Array.from(text, (character) => character.charCodeAt(0)));
});
terminal.onTitleChange((title) => {
  document.title = title || texts.terminal.title;
});
// A program may want every key, Tab too; this one is the way out for who has no mouse.
terminal.attachCustomKeyEventHandler((event) => {
  if (event.key !== 'F6' || !event.ctrlKey || !event.shiftKey) return true;
  event.preventDefault();
  bar.focus();
  return false;
});
addEventListener('pagehide', () => {
  if (exit === '') shown.save(connection.writer.shown);
});
terminal.focus();
