/** Asks before a session is ended. The browser's own dialog keeps the focus inside and gives it back. */
import { Button, Group, Text, Title } from '@mantine/core';
import { type ReactElement, useEffect, useId, useRef } from 'react';
import { texts } from '../texts.ts';

export interface ConfirmEndProps {
  readonly name: string;
  readonly end: () => void;
  readonly close: () => void;
}

export function ConfirmEnd({ name, end, close }: ConfirmEndProps): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const confirm = (): void => {
    end();
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} className="confirm" aria-labelledby={title} onClose={close}>
      <Title order={2} size="h4" id={title}>
        {texts.session.confirmTitle(name)}
      </Title>
      <Text my="md">{texts.session.confirmText}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={() => dialog.current?.close()}>
          {texts.session.keep}
        </Button>
        <Button color="red" onClick={confirm}>
          {texts.session.confirm}
        </Button>
      </Group>
    </dialog>
  );
}
