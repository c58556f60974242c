/** nginx and Apache as docs/admin/reverse-proxies.md configures them, in the sandbox. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { writeExamples } from './admin-doc.ts';
import { until } from './product.ts';

const PAGE = 'docs/admin/reverse-proxies.md';
export const NAMES = ['lab.example.org', 'sessions.lab.example.org'];

/** Names and a certificate, as an administrator has them. */
export function prepareNames(): void {
  appendFileSync('/etc/hosts', `127.0.0.1 ${NAMES.join(' ')}\n`);
  const files = ['-keyout', '/etc/ssl/private/lab.key', '-out', '/etc/ssl/certs/lab.pem'];
  const alternatives = NAMES.map((name) => `DNS:${name}`).join(',');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-days', '2', '-newkey', 'rsa:2048', '-nodes', ...files],
      ...['-subj', `/CN=${NAMES[0]}`, '-addext', `subjectAltName=${alternatives}`],
    ],
    { stdio: 'ignore' },
  );
}

/** The files of the chapter that names this proxy. */
export function configureProxy(proxy: 'nginx' | 'Apache'): void {
  const chapter = readFileSync(PAGE, 'utf8')
    .split(/^(?=## )/m)
    .find((part) => part.startsWith(`## ${proxy}`))!;
  writeExamples(chapter);
}

/** What ends it. */
export function startNginx(): () => Promise<void> {
  mkdirSync('/var/log/nginx', { recursive: true });
  mkdirSync('/var/lib/nginx', { recursive: true });
  rmSync('/etc/nginx/sites-enabled', { recursive: true, force: true });
  execFileSync('nginx', { stdio: 'inherit' });
  return async () => {
    execFileSync('nginx', ['-s', 'quit'], { stdio: 'inherit' });
    await untilEnded('/run/nginx.pid');
  };
}

export function startApache(): () => Promise<void> {
  for (const directory of ['/var/log/apache2', '/run/lock'])
    mkdirSync(directory, { recursive: true });
  const modules = ['mpm_event', 'authz_core', 'ssl', 'proxy_http'];
  execFileSync('a2enmod', ['-q', ...modules], { stdio: ['ignore', 'ignore', 'inherit'] });
  const run = (act: string) => execFileSync('apache2ctl', ['-k', act], { stdio: 'inherit' });
  run('start');
  return async () => {
    run('stop');
    await untilEnded('/run/apache2/apache2.pid');
  };
}

/** A daemon removes its pid file last. */
function untilEnded(pidFile: string): Promise<void> {
  return until(() => !existsSync(pidFile), `'${pidFile}' is gone`, 30);
}
