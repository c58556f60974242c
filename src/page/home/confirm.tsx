/** Asks before something is done. The browser's own dialog keeps the focus inside and gives it back. */
import { Button, Group, Title } from '@mantine/core';
import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';

export interface ConfirmProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Labels of the two buttons. */
  readonly confirm: string;
  readonly cancel: string;
  /** It cannot be undone. */
  readonly harmful?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function Confirm(props: ConfirmProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const close = (): void => dialog.current?.close();
  const button = useRef<HTMLButtonElement>(null);
  // The dialog focuses its first button by default; Enter must not do what cannot be undone.
  useEffect(() => {
    dialog.current?.showModal();
    if (props.harmful !== true) button.current?.focus();
  }, [props.harmful]);
  const confirm = (): void => {
    props.onConfirm();
    close();
  };
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={title} onClose={props.onClose}>
      <Title order={2} size="h4" id={title}>
        {props.title}
      </Title>
      <div className="confirm-text">{props.children}</div>
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {props.cancel}
        </Button>
        <Button ref={button} {...(props.harmful === true && { color: 'red' })} onClick={confirm}>
          {props.confirm}
        </Button>
      </Group>
    </dialog>
  );
}
