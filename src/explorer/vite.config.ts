/** Builds the page into `dist/explorer/`: static files with relative addresses, which any folder of any host serves. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { thirdPartyLicenses } from './licenses.ts'

const licenses = thirdPartyLicenses()

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  // Entry points of the package by name, as `paths` of the tsconfig files have them.
  resolve: { tsconfigPaths: true },
  build: {
    outDir: fileURLToPath(new URL('../../dist/explorer', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // Styles come as files: the policy of the server allows no others.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog(level, log, handler) {
        // Every second file says 'use client', which means nothing here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log)
      },
    },
  },
  plugins: [licenses.page],
  worker: { format: 'es', plugins: () => [licenses.worker] },
})
