/** The first step of npm test, for any Node from version 20 on: installs what the tests need in addition to the server. */
import { checkMachine } from '../start/check-machine.mjs';
import { installNpmPackages } from '../start/install-npm-packages.mjs';
import { installTestPackages } from '../start/install-system-packages.mjs';
import { runSetup } from '../start/report.mjs';
import { downloadPackages } from './download-packages.mjs';

await runSetup(async () => {
  checkMachine();
  await installTestPackages([
    'chromium',
    'clang-14',
    'fonts-dejavu-core',
    'iproute2',
    'libclang-rt-14-dev',
    'procps',
  ]);
  await downloadPackages([
    'apache2',
    'htop',
    'krb5-admin-server',
    'krb5-kdc',
    'libfaketime',
    'libnss-sss',
    'libpam-cap',
    'libpam-google-authenticator',
    'libpam-krb5',
    'libpam-ldapd',
    'libpam-mount',
    'libpam-mount-bin',
    'libpam-oath',
    'libpam-script',
    'libpam-sss',
    'libpam-tmpdir',
    'nginx',
    'nslcd',
    'oathtool',
    'openssh-server',
    'pamtester',
    'slapd',
    'sssd-ldap',
    'tmux',
    'vim',
  ]);
  // In a directory of their own, so that all of them have matching versions even if the machine has some of them.
  await downloadPackages(
    ['dbus', 'libpam-systemd', 'systemd', 'systemd-container', 'systemd-sysv'],
    'build/debs-systemd',
  );
  await installNpmPackages();
});
