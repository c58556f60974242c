/** A session's name, edited in place: Enter saves, Escape cancels. The new name is shown at once. */
import { ActionIcon, Text, TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';
import { Icon } from './icons.tsx';
import { type Refusal, useRename } from './use-rename.ts';

export function SessionName({ session }: { session: SessionView }): ReactElement {
  const [editing, setEditing] = useState<Refusal | 'afresh' | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const rename = useRename(session, setEditing);
  const wasEditing = useRef(false);
  useEffect(() => {
    const isOver = wasEditing.current && editing === null;
    wasEditing.current = editing !== null;
    if (isOver && document.activeElement === document.body) button.current?.focus();
  }, [editing]);

  if (editing !== null) {
    const refusal = editing === 'afresh' ? null : editing;
    return (
      <NameField
        name={session.name}
        draft={refusal?.name ?? session.name}
        error={refusal?.reason ?? null}
        save={(name) => {
          setEditing(null);
          rename(name);
        }}
        leave={() => setEditing(null)}
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
          onClick={() => setEditing('afresh')}
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
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
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
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    // Otherwise the same Enter would press the button that gets the focus back.
    event.preventDefault();
    if (event.key === 'Enter') finish();
    else end(leave);
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
