import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { emojiData } from './emoji-plugin.ts';

const backend = process.env.LOQUAT_BACKEND ?? 'http://localhost:8080';

// The server compares the page's origin with the host that was asked, so the host stays as it is.
const proxy = {
  '/api': { target: backend, changeOrigin: false },
  '/ws': { target: backend, changeOrigin: false, ws: true },
};

// The fonts of formulas in the one format that every browser of today reads.
const oneFontFormat: Plugin = {
  name: 'one-font-format',
  enforce: 'pre',
  transform: (code, id) => (id.includes('katex') && id.includes('.css') ? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, '') : null),
};

export default defineConfig({
  plugins: [oneFontFormat, emojiData, react(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: { proxy },
  preview: { proxy },
  // So that the worker, too, loads languages one by one.
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    // Inlined assets become data: addresses, which a strict content policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
});
