/**
 * Builds a page into build/page, with nothing inline, so that the content security policy can forbid inline code. Each
 * page is built alone: a shared chunk would be one more file to wait for.
 */

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: path('.'),
  base: '/',
  plugins: [react()],
  build: {
    outDir: path('../../build/page'),
    emptyOutDir: false,
    target: 'baseline-widely-available',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // One script for each page (docs/decisions/0019); test/e2e/page-size.test.ts limits their sizes.
    chunkSizeWarningLimit: 2000,
  },
});
