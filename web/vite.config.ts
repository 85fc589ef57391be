import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import i18n from '@intlify/unplugin-vue-i18n/vite'
import { defineConfig } from 'vitest/config'

const src = fileURLToPath(new URL('./src', import.meta.url))

export default defineConfig({
  plugins: [vue(), i18n({ include: `${src}/features/*/{de,en,hu}.json`, runtimeOnly: true, strictMessage: false })],
  resolve: { alias: { '@': src } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  // Small files are not inlined: the content policy allows fonts and pictures of our own only.
  build: { target: 'es2022', assetsInlineLimit: 0, cssCodeSplit: false, modulePreload: { polyfill: false },
    // The pages for everybody, which the server writes, bring their own few lines of script.
    rollupOptions: { input: { index: fileURLToPath(new URL('./index.html', import.meta.url)), request: `${src}/portal/request.ts` } } },
  // Style sheets are empty in tests unless asked for.
  test: { css: true },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
})
