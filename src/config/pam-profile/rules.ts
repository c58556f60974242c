/** All rules, in the order of the documentation. */
import type { Rule } from './rule.ts';
import { atInclude, brokenLines } from './rules/broken-lines.ts';
import { dictionaryMissing } from './rules/dictionary.ts';
import { borrowedType, missingProfile } from './rules/missing-profile.ts';
import { moduleMissing, wrongFacility } from './rules/modules.ts';
import {
  groupAfterRootok,
  homeAfterMount,
  mountBeforePassword,
  mountWithoutCounter,
  mountWithoutPassword,
  readenvBeforeProgram,
  scriptSuffices,
} from './rules/order.ts';
import { fileWritable } from './rules/permissions.ts';
import {
  faillockNeverCounts,
  loginuidNeedsAuditd,
  nullokWithEmptyPasswords,
  onlyOptional,
  systemdWithoutBus,
} from './rules/surroundings.ts';
import {
  jumpPastEnd,
  jumpSkipsDeny,
  nobodyAsked,
  nobodyPasses,
  rootokInLogin,
} from './rules/verdicts.ts';
import {
  accountOfSssd,
  noPasswordToGive,
  rootokMissing,
  rootokWithPassword,
} from './rules/without-password.ts';

export const RULES: readonly Rule[] = [
  missingProfile,
  borrowedType,
  ...brokenLines,
  atInclude,
  rootokInLogin,
  nobodyAsked,
  jumpSkipsDeny,
  jumpPastEnd,
  nobodyPasses,
  rootokMissing,
  rootokWithPassword,
  noPasswordToGive,
  accountOfSssd,
  moduleMissing,
  wrongFacility,
  fileWritable,
  readenvBeforeProgram,
  groupAfterRootok,
  onlyOptional,
  mountBeforePassword,
  mountWithoutPassword,
  mountWithoutCounter,
  homeAfterMount,
  systemdWithoutBus,
  loginuidNeedsAuditd,
  faillockNeverCounts,
  scriptSuffices,
  nullokWithEmptyPasswords,
  dictionaryMissing,
];
