/** Gives a session another name: shown at once, taken back when the server refuses it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { api, ProblemError } from '../api.ts';
import { texts } from '../texts.ts';
import { changeHere } from './change-here.ts';

export interface Rename {
  readonly to: (name: string) => void;
  /** What was typed and refused; null: nothing. */
  readonly refused: string | null;
  /** Why. */
  readonly error: string | null;
  readonly forget: () => void;
}

export function useRename({ id, name: before }: SessionView, onRefused: () => void): Rename {
  const client = useQueryClient();
  const renaming = useMutation({
    mutationFn: (name: string) => api.renameSession(id, { name }),
    onMutate: (name) => changeHere(client, id, { name: name.trim() }),
    onSuccess: ({ name }) => changeHere(client, id, { name }),
    onError: () => {
      changeHere(client, id, { name: before });
      onRefused();
    },
  });
  const { error } = renaming;
  return {
    to: renaming.mutate,
    refused: error === null ? null : (renaming.variables ?? null),
    error: error === null ? null : describe(error),
    forget: renaming.reset,
  };
}

function describe(error: Error): string {
  if (!(error instanceof ProblemError)) return texts.connection.noAnswer;
  const { text, code, reference } = error.problem;
  return code === 'name-refused' ? text : `${text} ${texts.reference(reference)}`;
}
