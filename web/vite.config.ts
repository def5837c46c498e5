// web/vite.config.ts — how is the page bundled? Into SEPTET_WEB_OUT (default ../build/web): one
// script, one style sheet, both named by their content, and nothing from elsewhere.
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  // JSX is compiled by esbuild as tsconfig.json says; no plugin is needed for it.
  build: {
    outDir: process.env['SEPTET_WEB_OUT'] ?? '../build/web',
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy (Content-Security-Policy) allows data: for pictures only.
    assetsInlineLimit: (file: string) => file.endsWith('.svg'),
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: { output: { manualChunks: undefined } },
  },
  server: { proxy: { '/api': process.env['SEPTET_API'] ?? 'http://127.0.0.1:9400' } },
});
