/** A directory (slapd behind sssd) and a Kerberos realm of the sandbox, as an administrator sets them up. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';

const HOME = '/run/directory';
const LDAP = 'ldaps://ldap.lab.test:3636';
export const DOMAIN = 'lab.test';

export interface Person {
  /** The first is the canonical one. */
  readonly names: readonly string[];
  readonly uid: number;
  readonly password: string;
  readonly shell?: string;
  /** Besides their own. */
  readonly groups?: readonly { readonly name: string; readonly gid: number }[];
}

/** Stops with SIGTERM. */
export class Service {
  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.ref();
    this.child.kill();
    await ended;
  }
}

/** slapd with these people. */
export async function startLdap(people: readonly Person[]): Promise<Service> {
  mkdirSync(`${HOME}/ldap`, { recursive: true });
  appendFileSync('/etc/hosts', '127.0.0.1 ldap.lab.test\n');
  const certificate = [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', '/CN=ldap.lab.test', '-addext', 'subjectAltName=DNS:ldap.lab.test'],
    ...['-keyout', `${HOME}/key.pem`, '-out', `${HOME}/cert.pem`],
  ];
  execFileSync('openssl', certificate, { stdio: 'ignore' });
  writeFileSync(`${HOME}/slapd.conf`, SLAPD);
  execFileSync('slapadd', ['-f', `${HOME}/slapd.conf`], { input: ldifOf(people), stdio: QUIET });
  return await runLdap();
}

/** Again, after a stop. */
export async function runLdap(): Promise<Service> {
  const slapd = start('slapd', '-f', `${HOME}/slapd.conf`, '-h', LDAP, '-d', '0');
  await listening({ port: 3636, host: '127.0.0.1' });
  return slapd;
}

/** sssd as the machine's client of that directory; case does not matter in names. Returns when it can be asked. */
export async function startSssd(): Promise<Service> {
  writeFileSync('/etc/sssd/sssd.conf', SSSD, { mode: 0o600 });
  const nsswitch = readFileSync('/etc/nsswitch.conf', 'utf8');
  writeFileSync('/etc/nsswitch.conf', nsswitch.replace(/^(passwd|group):.*$/gm, '$1: files sss'));
  const sssd = start('sssd', '-i', '--logger=files');
  // Its parts listen when they know the directory's: where libnss_sss asks, and pam_sss as root.
  for (const pipe of ['nss', 'private/pam'])
    await listening({ path: `/var/lib/sss/pipes/${pipe}` });
  return sssd;
}

/** The other client of that directory, for pam_ldap: it keeps no passwords. */
export async function startNslcd(): Promise<Service> {
  mkdirSync('/run/nslcd', { recursive: true });
  writeFileSync('/etc/nslcd.conf', NSLCD, { mode: 0o600 });
  const nslcd = start('nslcd', '-n');
  await listening({ path: '/run/nslcd/socket' });
  return nslcd;
}

/** A realm with these principals. */
export async function startKdc(people: readonly Person[]): Promise<Service> {
  for (const path of [HOME, '/etc/krb5kdc']) mkdirSync(path, { recursive: true });
  writeFileSync('/etc/krb5.conf', KRB5);
  writeFileSync('/etc/krb5kdc/kdc.conf', KDC);
  const realm = ['-r', 'LAB.TEST'];
  execFileSync('kdb5_util', ['create', ...realm, '-s', '-P', 'master'], { stdio: QUIET });
  for (const { names, password } of people) {
    const add = `addprinc -pw "${password}" ${names[0]}`;
    execFileSync('kadmin.local', [...realm, '-q', add], { stdio: QUIET });
  }
  return await runKdc();
}

/** Again, after a stop. */
export async function runKdc(): Promise<Service> {
  const kdc = start('krb5kdc', '-n');
  await listening({ port: 8888, host: '127.0.0.1' });
  return kdc;
}

const QUIET = ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'];

function start(program: string, ...args: string[]): Service {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  // A test that failed before it stopped the service must still end.
  child.unref();
  return new Service(child);
}

/** Until a connection is taken. */
export async function listening(where: NetConnectOpts): Promise<void> {
  for (;;) {
    const socket = connect(where);
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
  }
}

function ldifOf(people: readonly Person[]): string {
  const root = 'dn: dc=lab,dc=test\nobjectClass: domain\ndc: lab\n';
  const entries = people.map(({ names, uid, password, shell = '/bin/bash' }) =>
    [
      `dn: uid=${names[0]},dc=lab,dc=test`,
      'objectClass: inetOrgPerson',
      'objectClass: posixAccount',
      ...names.map((name) => `uid: ${name}`),
      `cn: ${names[0]}`,
      `sn: ${names[0]}`,
      `uidNumber: ${uid}`,
      `gidNumber: ${uid}`,
      `homeDirectory: /home/${names[0]}`,
      `loginShell: ${shell}`,
      `userPassword: ${password}`,
      '',
    ].join('\n'),
  );
  const groups = people.flatMap(({ names, groups = [] }) =>
    groups.map(({ name, gid }) =>
      [
        `dn: cn=${name},dc=lab,dc=test`,
        'objectClass: posixGroup',
        `cn: ${name}`,
        `gidNumber: ${gid}`,
        `memberUid: ${names[0]}`,
        '',
      ].join('\n'),
    ),
  );
  return [root, ...entries, ...groups].join('\n');
}

const SLAPD = `
${['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
TLSCertificateFile ${HOME}/cert.pem
TLSCertificateKeyFile ${HOME}/key.pem
database mdb
suffix "dc=lab,dc=test"
directory ${HOME}/ldap
access to attrs=userPassword by anonymous auth by * none
access to * by * read
`;

const SSSD = `[sssd]
services = nss, pam
domains = ${DOMAIN}
[pam]
pam_verbosity = 2
[domain/${DOMAIN}]
id_provider = ldap
auth_provider = ldap
ldap_uri = ${LDAP}
ldap_search_base = dc=lab,dc=test
ldap_tls_cacert = ${HOME}/cert.pem
cache_credentials = true
case_sensitive = false
re_expression = (((?P<domain>[^\\\\]+)\\\\(?P<name>.+))|((?P<name>[^@]+)@(?P<domain>.+))|((?P<name>[^@\\\\]+)))
`;

const NSLCD = `
uri ${LDAP}
base dc=lab,dc=test
tls_cacertfile ${HOME}/cert.pem
reconnect_sleeptime 0
reconnect_retrytime 0
`;

const KRB5 = `[libdefaults]
default_realm = LAB.TEST
dns_lookup_kdc = false
[realms]
LAB.TEST = {
  kdc = 127.0.0.1:8888
}
`;

const KDC = `[kdcdefaults]
kdc_ports = 8888
kdc_tcp_ports = 8888
[realms]
LAB.TEST = {
  database_name = ${HOME}/principal
  key_stash_file = ${HOME}/stash
}
`;
