import { createMemoryStore } from '../../src/intake/memory-store.ts';
import { describeStore } from './store-contract.ts';

describeStore('the store in memory', async () => {
  const store = createMemoryStore();
  return { open: async () => store, close: () => store.close() };
});
