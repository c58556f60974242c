/**
 * Which names may reach PAM. The broker asks before it starts a process as root, the leader (src/root/leader/names.c)
 * whoever asks it; test/corpus/names.txt holds both to one rule.
 */
import { MAX_NAME } from './broker-leader.ts';

/** Controls would drive terminals and logs; with '/', '-' first, '.' and '..' it could be a file or an option to a module. */
const NO_USER = /[\p{Cc}/]|^-|^\.{0,2}$/u;
/** Visible ASCII. */
const HOST = /^(?!-)[!-.0-~]*$/;

export function isUserName(name: string): boolean {
  return fits(name) && name.isWellFormed() && !NO_USER.test(name);
}

/** Of a client, for PAM_RHOST: an address, or nothing. */
export function isHostName(name: string): boolean {
  return fits(name) && HOST.test(name);
}

function fits(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME;
}
