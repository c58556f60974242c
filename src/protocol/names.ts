/**
 * Which names are passed on to PAM. The broker checks them before it starts a process as root, and the leader
 * (src/root/leader/names.c) checks them in every request; test/corpus/names.txt tests that both have the same rule.
 */
import { MAX_NAME } from './broker-leader.ts';

/** Control characters would act on terminals and logs; '/', a leading '-', '.' and '..' could be a path or an option to a module. */
const NO_USER = /[\p{Cc}/]|^-|^\.{0,2}$/u;
/** Visible ASCII characters, not starting with '-'. */
const HOST = /^(?!-)[!-.0-~]*$/;

export function isUserName(name: string): boolean {
  return fits(name) && name.isWellFormed() && !NO_USER.test(name);
}

/** The address of a client for PAM_RHOST; may be empty. */
export function isHostName(name: string): boolean {
  return fits(name) && HOST.test(name);
}

function fits(name: string): boolean {
  return Buffer.byteLength(name) <= MAX_NAME;
}
