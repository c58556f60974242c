/** What the page's dialogs share. */

/** Closes the dialog on a click outside of it: the target of such a click is the dialog itself. */
export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
}
