/** Polls where the person is signed in, which does not keep a sign-in alive, and ends sign-ins. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TicketId } from '../../protocol/ids.ts';
import type { SignInView } from '../../protocol/page-gateway.ts';
import { api, ProblemError } from '../api.ts';

const SIGN_INS_KEY = ['sign-ins'] as const;
const EVERY_MS = 60_000;

export interface SignInList {
  /** undefined: not known yet. This browser first, then the one used last. */
  readonly signIns: readonly SignInView[] | undefined;
  /** Why it could not be read, or a sign-in not be ended. */
  readonly error: Error | null;
  /** null: there is a list. */
  readonly readAgain: (() => void) | null;
  readonly ending: readonly TicketId[];
  readonly end: (ids: readonly TicketId[]) => void;
}

/** onEnded: called when these have ended and the list no longer shows them. */
export function useSignIns(onEnded: (ids: readonly TicketId[]) => void): SignInList {
  const client = useQueryClient();
  const list = useQuery({
    queryKey: SIGN_INS_KEY,
    queryFn: api.signIns,
    refetchInterval: EVERY_MS,
    refetchOnWindowFocus: 'always',
  });
  const ending = useMutation({
    mutationFn: async (ids: readonly TicketId[]) => {
      for (const id of ids) await endOne(id);
    },
    onSuccess: async (_, ids) => {
      await client.invalidateQueries({ queryKey: SIGN_INS_KEY });
      onEnded(ids);
    },
    onError: () => client.invalidateQueries({ queryKey: SIGN_INS_KEY }),
  });
  return {
    signIns: list.data && sortSignIns(list.data.signIns),
    error: ending.error ?? (list.data === undefined ? list.error : null),
    readAgain: list.data === undefined ? () => void list.refetch() : null,
    ending: ending.isPending ? ending.variables : [],
    end: ending.mutate,
  };
}

/** It is no failure if the sign-in has already ended. */
async function endOne(id: TicketId): Promise<void> {
  await api.endSignIn(id).catch((error: unknown) => {
    if (!(error instanceof ProblemError && error.problem.code === 'not-found')) throw error;
  });
}

function sortSignIns(signIns: readonly SignInView[]): SignInView[] {
  return signIns.toSorted((a, b) => Number(b.current) - Number(a.current) || b.used - a.used);
}
