import { defineConfig } from 'vitest/config';

// Browser tests share one machine with the server they test: one file at a time.
export default defineConfig({
  test: {
    include: process.env.LOQUAT_SHOTS ? ['e2e/shots.ts', 'e2e/assistant-shots.ts'] : ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // A machine that also does something else may miss a deadline once; what is broken fails again.
    retry: 1,
  },
});
