/** Asks before the page is closed or reloaded while a job runs. The page's own links do not ask. */

export class LeaveWarning {
  private running = false;
  private leaving = false;

  /** The session keeps running without its page, but people forget what runs in it. */
  set(running: boolean): void {
    if (running === this.running) return;
    this.running = running;
    // Only while needed: with this listener the browser does not keep the page for its Back button.
    if (running) addEventListener('beforeunload', this.ask);
    else removeEventListener('beforeunload', this.ask);
  }

  /** The page itself leaves. */
  leave = (): void => {
    this.leaving = true;
  };

  private ask = (event: BeforeUnloadEvent): void => {
    if (!this.leaving) event.preventDefault();
  };
}
