import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

export default defineConfig({
  main: {
    build: {
      target: 'node22.19',
      sourcemap: true,
      rolldownOptions: {
        input: { index: 'src-main/index.ts', headless: 'src-main/headless.ts' },
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
    build: { minify: true, chunkSizeWarningLimit: 2000, rolldownOptions: { input: 'src-renderer/index.html' } },
  },
})
