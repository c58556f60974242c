/** What `vestibule config check` checks besides the text of the configuration: files, groups and profiles of the machine. */
import { checkAddresses } from './check-addresses.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkClose } from './check-close.ts';
import { checkGroups } from './check-groups.ts';
import { checkProfiles } from './check-profiles.ts';
import type { Finding } from './finding.ts';
import type { LoadedConfiguration } from './load.ts';

export { type Finding, findingLine } from './finding.ts';

/** certificate: whether to check it; false when the caller cannot read the key. */
export function checkMachine(loaded: LoadedConfiguration, certificate: boolean): Finding[] {
  return [...checkFiles(loaded, certificate), ...checkGroups(loaded)];
}

/** An error here keeps the server from starting. A missing group does not: the directory service may still be starting. */
export function checkFiles(loaded: LoadedConfiguration, certificate: boolean): Finding[] {
  const { values } = loaded;
  return [
    ...checkAddresses(loaded),
    ...checkProfiles(values),
    ...checkClose(loaded),
    ...(certificate ? checkCertificate(values) : []),
  ];
}
