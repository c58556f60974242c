/** Renames a session: the new name is shown at once, and taken back if the server refuses it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SessionView } from '../../protocol/page-gateway.ts';
import { api, ProblemError } from '../api.ts';
import { texts } from '../texts.ts';
import { changeHere } from './change-here.ts';

export interface Refusal {
  /** What was typed. */
  readonly name: string;
  readonly reason: string;
}

export function useRename(
  { id, name: current }: SessionView,
  onRefused: (refusal: Refusal) => void,
): (name: string) => void {
  const client = useQueryClient();
  const { mutate } = useMutation({
    mutationFn: (name: string) => api.renameSession(id, { name }),
    onMutate: (name) => {
      changeHere(client, id, { name: name.trim() });
      return current;
    },
    onSuccess: ({ name }) => changeHere(client, id, { name }),
    onError: (error, name, before) => {
      changeHere(client, id, { name: before ?? current });
      onRefused({ name, reason: describe(error) });
    },
  });
  return mutate;
}

function describe(error: Error): string {
  if (!(error instanceof ProblemError)) return texts.connection.noAnswer;
  const { text, code, reference } = error.problem;
  return code === 'name-refused' ? text : `${text} ${texts.reference(reference)}`;
}
