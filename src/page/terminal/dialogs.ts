/** What the page's dialogs have in common. */

/** A click beside it closes it: the click's target is then the dialog itself, not what is in it. */
export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
}
