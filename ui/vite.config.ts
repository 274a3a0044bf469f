import { fileURLToPath } from 'node:url'

import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const server = process.env['MAESTRO_URL'] ?? 'http://127.0.0.1:5000'

export default defineConfig({
  // Relative addresses: the page's <base> says below which path the server is shown.
  base: './',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../src/maestro_ml/server/static',
    emptyOutDir: true,
    target: 'es2023',
    // Small images stay files: data: URLs would need a wider policy for nothing.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What every page needs is one script, and what pages share is in few: on a phone each request costs a round trip.
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 1 },
            { name: 'shared', test: /ui[\\/]src[\\/](?!charts)|lucide|@tanstack/, minShareCount: 4 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': { target: server, ws: true }, '/health': server } },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
    restoreMocks: true,
    css: { modules: { classNameStrategy: 'non-scoped' } },
  },
})
