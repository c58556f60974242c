/** The security headers of every answer. */
import { createHash } from 'node:crypto';
import { PLAIN_STYLE } from '../pages/plain-page.ts';

const plainStyleHash = `'sha256-${createHash('sha256').update(PLAIN_STYLE).digest('base64')}'`;

/**
 * origin: of this answer's page, because older browsers do not count its WebSocket as 'self'. ahead: the one file of
 * another origin that the page may prefetch. Prefetch has no directive of its own: any directive that names the file
 * allows it, and manifest-src allows nothing else.
 */
export function contentPolicy(origin: string, ahead = "'none'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${plainStyleHash}`,
    `connect-src 'self' ${origin.replace(/^https/, 'wss')}`,
    "img-src 'self' data:",
    "font-src 'self'",
    `manifest-src ${ahead}`,
    // Without it script-src would allow them, and a service worker outlives the page that made it.
    "worker-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join('; ');
}

/** ownCertificate: the administrator's; with a generated certificate HSTS would lock people out for good. */
export function securityHeaders(origin: string, ownCertificate: boolean): Record<string, string> {
  return {
    'content-security-policy': contentPolicy(origin),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    ...(ownCertificate ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
