/** All that `vestibule config check` looks at beyond the configuration's own text. */
import { checkCertificate } from './check-certificate.ts';
import { checkProfiles } from './check-profiles.ts';
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';

export { type Finding, findingLine } from './finding.ts';

/** certificate: false for those who cannot read the key. */
export function checkMachine(values: Configuration, certificate: boolean): Finding[] {
  return [...checkProfiles(values), ...(certificate ? checkCertificate(values) : [])];
}
