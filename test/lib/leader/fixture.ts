/** A machine with rootd for the tests of one file; what a test changes of it is as before for the next one. */
import { after, before, beforeEach } from 'node:test';
import { closeConnections } from './connection.ts';
import { configure, makeProfile, prepareMachine } from './machine.ts';
import { startRootd, stopRootd } from './rootd.ts';

/** A sign-in by password, which may have to be changed. */
export const UNIX_LOGIN = ['auth', 'account', 'password'].map(
  (type) => `${type} required pam_unix.so`,
);

export interface Leaders {
  /** The whole configuration, as KEY=VALUE lines. */
  readonly configuration?: readonly string[];
  /** By name; see makeProfile. */
  readonly profiles?: Readonly<Record<string, readonly string[]>>;
  /** A program that runs rootd. */
  readonly through?: readonly string[];
}

/** Registers the file's hooks. Another `before` of the file does not wait for rootd: the runner begins each at once. */
export function setUpLeaders({ configuration = [], profiles = {}, through = [] }: Leaders = {}) {
  const restore = (): void => {
    configure(configuration);
    for (const [name, lines] of Object.entries(profiles)) makeProfile(name, lines);
  };
  before(async () => {
    prepareMachine();
    restore();
    await startRootd(...through);
  });
  beforeEach(restore);
  after(() => {
    stopRootd();
    closeConnections();
  });
}
