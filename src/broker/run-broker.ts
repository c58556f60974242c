/** The process of the broker: takes descriptors from supervise, reads the configuration, and exits on SIGTERM. */
import { checkClose } from '../config/check-close.ts';
import { checkGroups } from '../config/check-groups.ts';
import { checkProfiles } from '../config/check-profiles.ts';
import { findingLine } from '../config/finding.ts';
import { loadConfiguration, problemLine } from '../config/load.ts';
import type { Kind } from '../kinds/kind.ts';
import { inBackground } from '../lib/in-background.ts';
import {
  announceFailure,
  announceReady,
  inheritedDescriptors,
} from '../lib/inherited-descriptors.ts';
import { log } from '../lib/log.ts';
import { serveBroker } from './requests/serve.ts';

const DESCRIPTORS = ['gateway', 'cli', 'ready'] as const;
/** A leader gives a step up by itself when its timeout is over. If it has not after this further time, it is stuck. */
const LEADER_LATE_MS = 10_000;

/** Resolves when the broker accepts requests. */
export async function runBroker(kinds: readonly Kind[]): Promise<void> {
  process.on('uncaughtException', (error) => {
    log.error('uncaught-exception', { error, stack: error.stack });
    process.exit(1);
  });
  try {
    await start(kinds);
  } catch (error) {
    log.error('start-failed', { error });
    process.exit(1);
  }
}

async function start(kinds: readonly Kind[]): Promise<void> {
  if (process.getuid?.() === 0) {
    throw new Error('the broker does not run as root: vestibule-supervise starts it');
  }
  const descriptors = inheritedDescriptors(DESCRIPTORS);
  try {
    await serve(descriptors, kinds);
  } catch (error) {
    announceFailure(descriptors.ready, (error as Error).message);
    throw error;
  }
  announceReady(descriptors.ready);
}

async function serve(
  descriptors: Readonly<Record<(typeof DESCRIPTORS)[number], number>>,
  kinds: readonly Kind[],
): Promise<void> {
  const loaded = loadConfiguration();
  const { values, problems } = loaded;
  if (problems.length > 0) throw new Error(problems.map(problemLine).join('; '));
  const findings = checkProfiles(values);
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new Error(errors.map(findingLine).join('; '));
  // A missing group is only a warning: the directory service may start after the broker.
  const warnings = [...findings, ...checkClose(loaded), ...checkGroups(loaded)].map(
    ({ text }) => text,
  );
  for (const warning of warnings) log.warning('configuration', { warning });
  const running = await serveBroker({
    settings: {
      loginProfile: values['auth-pam-profile'],
      sessionProfile: values['auth-pam-sessions-profile'],
      sessionsEnabled: values['auth-pam-sessions-enabled'],
      sessionsScope: values['auth-pam-sessions-scope'],
      sessionsClose: values['auth-pam-sessions-close'],
      timeoutMinutes: values['auth-timeout-minutes'],
      staySignedInDays: values['auth-stay-signed-in-days'],
      recheckMinutes: values['auth-recheck-minutes'],
      auditKeepDays: values['audit-keep-days'],
      adminGroups: values['admin-group'],
      signInsPerUser: values['auth-sign-ins-per-user'],
      sessionsPerUser: values['auth-sessions-per-user'],
      pamSessionsPerUser: values['pam-sessions-max-per-user'],
    },
    warnings,
    kinds,
    stepMs: {
      pam: values['auth-pam-timeout-seconds'] * 1000 + LEADER_LATE_MS,
      program: values['session-start-timeout-seconds'] * 1000 + LEADER_LATE_MS,
    },
    listen: { gateway: { fd: descriptors.gateway }, cli: { fd: descriptors.cli } },
  });
  process.once('SIGTERM', () =>
    inBackground(
      'stop',
      running.close().finally(() => process.exit(0)),
    ),
  );
  log.info('ready', { sessions: running.broker.sessions.countLive() });
}
