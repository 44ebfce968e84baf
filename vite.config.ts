/** Builds the interface into renderer/dist: plain files with relative addresses, the same for a browser and for the desktop shell. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('renderer', import.meta.url)),
  base: './',
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The page's Content-Security-Policy allows no inline script.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      output: {
        // What several lazy parts share would be dozens of files of some hundred bytes, and as many requests before the first picture.
        codeSplitting: {
          groups: [
            { name: 'icons', test: /node_modules[\\/]lucide-react[\\/]/ },
            {
              name: 'shared',
              test: /[\\/](?:app|renderer[\\/](?:actions|bridge|state))[\\/].*\.ts$/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
});
