/** Sealed answers, as a page sends them. */
import * as v from 'valibot';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';

/** PAM_MAX_NUM_MSG */
const MAX_ANSWERS = 32;
const sealed = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]+$/), v.length((SEALED_BYTES / 3) * 4));

export const answers = v.pipe(v.array(sealed), v.maxLength(MAX_ANSWERS));
