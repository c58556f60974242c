/** Checks certificate and key before OpenSSL does, with errors that tell an administrator what to do. */
import { findPairFault } from '../../config/find-pair-fault.ts';
import type { Credentials } from './create-server.ts';

/** Returns them, or throws: they were opened by supervise, one after the other, and may be of different times. */
export function checkCredentials(credentials: Credentials): Credentials {
  const fault = findPairFault(credentials.certificate, credentials.key);
  if (fault === null) return credentials;
  throw new Error(
    `the certificate${fault.at === 'key' ? "'s key" : ''}: ${fault.text} (vestibule config check)`,
  );
}
