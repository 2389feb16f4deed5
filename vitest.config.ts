import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@cinecom/source'] },
  ssr: { resolve: { conditions: ['@cinecom/source'] } },
  test: {
    root: import.meta.dirname,
    include: ['{shared,packages,examples}/*/src/**/*.test.ts', '{shared,packages,examples}/*/test/**/*.test.ts'],
    isolate: false,
    pool: 'threads',
    // most tests wait for a backend; each worker starts its own
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
