import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { precompress } from './scripts/precompress.mjs'

const target = process.env.WAPRO_URL ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), tailwindcss(), precompress(fileURLToPath(new URL('./dist', import.meta.url)))],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy: {
      // The server checks Origin on unsafe methods, so the proxy keeps the browser's host.
      '/api': { target, ws: true, changeOrigin: false },
      '/_sim': { target, changeOrigin: false },
    },
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // A group takes along what its modules import, unless a group of higher priority has it: no two chunks import each other.
          groups: [
            // Loaded with the pages that need them.
            { name: 'forms', test: /node_modules\/(?:zod|react-hook-form|@hookform)\/|src\/(?:lib\/(?:zod|autosave)|components\/ui\/form)\./, priority: 40 },
            { name: 'table', test: /node_modules\/@tanstack\/(?:react-)?(?:table|store)/, priority: 40 },
            { name: 'said-en', test: /src\/i18n\/(?:codes|terms)\.en\.json/, priority: 40 },
            { name: 'said-ar', test: /src\/i18n\/(?:codes|terms)\.ar\.json/, priority: 40 },
            // Part of every first load, in few files: each request costs more than its bytes.
            { name: 'vendor', test: /node_modules\/(?:react|react-dom|scheduler|wouter|regexparam|i18next|react-i18next|openapi-fetch|@tanstack\/(?:react-query|query-core)|tailwind-merge|clsx|class-variance-authority|use-sync-external-store|sonner|date-fns|tslib)\//, minShareCount: 2, priority: 50 },
            { name: 'shared', test: /src\/(?!lib\/(?:zod|autosave)\.|components\/(?:ui\/form|table\/|batch|shortcut-groups|settings-|save-bar|wizard))(?:components|lib|api)\/|node_modules\/(?:lucide-react|radix-ui|@radix-ui|@floating-ui|aria-hidden|react-remove-scroll|react-remove-scroll-bar|react-style-singleton|use-callback-ref|use-sidecar|get-nonce)\//, minShareCount: 3, priority: 45 },
          ],
        },
      },
    },
  },
  test: { environment: 'happy-dom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true },
})
