import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

/** Where `npm run dev` has its headless host; a page's own origin would be refused there. */
const devHost = { target: 'http://127.0.0.1:5318', changeOrigin: true, headers: { origin: 'http://127.0.0.1:5318' } }

export default defineConfig({
  main: {
    build: {
      target: 'node22.19',
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: 'src-main/index.ts',
          headless: 'src-main/headless.ts',
          command: 'src-main/command/index.ts',
          'keychain-helper': 'src-main/vault/keychain-helper.ts',
          'writer-thread': 'src-main/storage/writer-thread.ts',
          'reader-thread': 'src-main/storage/reader-thread.ts',
          'cache-thread': 'src-main/storage/cache-thread.ts',
          'age-thread': 'src-main/services/transfer/age-thread.ts',
        },
        // Flat names: `new URL('./writer-thread.js', import.meta.url)` must mean the same from an entry and from a shared chunk.
        output: { chunkFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node22.19',
      rolldownOptions: {
        input: { index: 'src-preload/index.ts' },
        // A sandboxed preload is plain CommonJS in one file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src-renderer',
    plugins: [react()],
    server: { port: 5317, strictPort: true, proxy: { '/api': devHost, '/rpc': devHost, '/session': devHost } },
    build: { minify: true, chunkSizeWarningLimit: 2000, rolldownOptions: { input: resolve('src-renderer/index.html') } },
  },
})
