/**
 * Builds a page into build/page: nothing inline, so that the content security policy can forbid it. Each by itself: what
 * they share would be a file more to wait for.
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
  },
});
