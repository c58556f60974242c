import { readdir } from 'node:fs/promises';
import { ID_PATTERN, type PamSessionId } from '../../protocol/ids.ts';

export async function listLeaders(leaders: string): Promise<PamSessionId[]> {
  const names = await readdir(leaders);
  return names.filter((name) => ID_PATTERN.test(name)) as PamSessionId[];
}
