/** Asks before the page is closed or loaded again while a job runs. The page's own ways out do not ask. */

export class LeaveWarning {
  private running = false;
  private leaving = false;

  /** The session goes on without its page, but what runs in it is easily forgotten. */
  set(running: boolean): void {
    if (running === this.running) return;
    this.running = running;
    // Only while it is needed: a page with this listener is not kept for the way back.
    if (running) addEventListener('beforeunload', this.ask);
    else removeEventListener('beforeunload', this.ask);
  }

  /** The page itself goes elsewhere. */
  leave = (): void => {
    this.leaving = true;
  };

  private ask = (event: BeforeUnloadEvent): void => {
    if (!this.leaving) event.preventDefault();
  };
}
