import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Every test lives on this machine: nothing here may wait for a network, so a slow test is a broken one.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The production app answers to these; a developer's shell must not change what a test sees.
    env: { COMPOSURE_CONFIRM_AFTER: '0s', COMPOSURE_DEBOUNCE_MS: '0', NO_COLOR: '1' },
  },
});
