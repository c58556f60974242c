/** Shows the state of the connection in the bar, and goes to the home origin when a pass is needed. */
import { texts } from '../texts.ts';
import { describeState } from './bar-states.ts';
import type { ConnectionState } from './connection.ts';
import type { StateBar } from './state-bar.ts';

/** Within this time a second visit to the home origin would only lead back here. */
const ENTER_AGAIN_MS = 30_000;
const ENTERED = 'entered';
const OVER: readonly ConnectionState[] = ['exited', 'signedOut', 'gone', 'ended', 'broken'];

export interface PageStateOptions {
  readonly bar: StateBar;
  /** Called before the page itself leaves. */
  readonly leave: () => void;
  readonly tryNow: () => void;
}

export class PageState {
  private readonly options: PageStateOptions;
  private state: ConnectionState = 'connecting';
  private exitText = '';
  private typed = '';
  /** This tab has just been to the home origin for a pass. */
  readonly entered: boolean;

  constructor(options: PageStateOptions) {
    this.options = options;
    this.entered = Date.now() - Number(sessionStorage.getItem(ENTERED) ?? 0) < ENTER_AGAIN_MS;
    this.show();
  }

  /** A final state: no reconnect, and input is dropped. */
  get isOver(): boolean {
    return OVER.includes(this.state);
  }

  set(state: ConnectionState): void {
    this.state = state;
    if (state === 'connected') {
      this.typed = '';
      sessionStorage.removeItem(ENTERED);
    }
    this.show();
    if (state === 'enter') this.enter();
  }

  exit(text: string): void {
    this.exitText = text;
    this.set('exited');
  }

  /** bytes: of typed input that wait for the connection. */
  showTyped(bytes: number, full: boolean): void {
    this.typed = full ? texts.terminal.keptFull : texts.terminal.kept(bytes);
    this.show();
  }

  private enter = (): void => {
    sessionStorage.setItem(ENTERED, String(Date.now()));
    this.options.leave();
    location.replace('enter');
  };

  private reload = (): void => {
    this.options.leave();
    location.reload();
  };

  private show(): void {
    const { bar, tryNow } = this.options;
    const acts = { tryNow, enter: this.enter, reload: this.reload };
    bar.show(describeState(this.state, { exit: this.exitText, typed: this.typed }, acts));
  }
}
