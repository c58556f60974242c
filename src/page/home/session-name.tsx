/** A session's name, changed in place: Enter saves, Escape leaves it, and the new one stands there at once. */
import { ActionIcon, Text, TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { Icon } from './icons.tsx';
import { useRename } from './use-rename.ts';

export function SessionName({ session }: { session: SessionView }): ReactElement {
  const [editing, setEditing] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const rename = useRename(session, () => setEditing(true));
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !editing && document.activeElement === document.body) {
      button.current?.focus();
    }
    wasEditing.current = editing;
  }, [editing]);

  if (editing) {
    return (
      <NameField
        name={session.name}
        draft={rename.refused ?? session.name}
        error={rename.error}
        save={(name) => {
          setEditing(false);
          rename.to(name);
        }}
        leave={() => {
          setEditing(false);
          rename.forget();
        }}
      />
    );
  }
  return (
    <>
      <Text component="h2" fw={600} className="long-name">
        {session.name}
      </Text>
      {session.ended === null && (
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size="md"
          title={texts.session.rename}
          aria-label={texts.session.renameLabel(session.name)}
          onClick={() => setEditing(true)}
        >
          <Icon name="pencil" />
        </ActionIcon>
      )}
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly draft: string;
  readonly error: string | null;
  readonly save: (name: string) => void;
  readonly leave: () => void;
}

function NameField({ name, draft, error, save, leave }: FieldProps): ReactElement {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const done = useRef(false);
  const end = (act: () => void): void => {
    if (done.current) return;
    done.current = true;
    act();
  };
  const finish = (): void => {
    const typed = field.current?.value ?? '';
    end(() => (typed.trim() === '' || typed === name ? leave() : save(typed)));
  };
  const press = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') finish();
    if (event.key === 'Escape') end(leave);
  };
  return (
    <TextInput
      ref={field}
      className="name-field"
      size="sm"
      defaultValue={draft}
      maxLength={64}
      aria-label={texts.session.newName(name)}
      description={texts.session.renameHelp}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      error={error}
      onKeyDown={press}
      onBlur={finish}
      autoComplete="off"
    />
  );
}
