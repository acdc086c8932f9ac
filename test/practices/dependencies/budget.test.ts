import { expect, test } from 'vitest';
import { manifest, visit } from './neighbourhood.ts';

test('200 packages over 40 workspaces cost the registry 200 requests, 8 at a time, and none while the answers stand', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `bulk-${index}`);
  const folders = Array.from({ length: 40 }, (_, index) => `packages/p${index}/package.json`);
  const before = Object.fromEntries(
    folders.map((path, index) => [path, { name: `@widgets/p${index}`, private: true }]),
  );
  const changed = Object.fromEntries(
    folders.map((path, index) => {
      const own = names.slice(index * 5, index * 5 + 5).map((name) => [name, '^1']);
      return [path, { name: `@widgets/p${index}`, private: true, dependencies: Object.fromEntries(own) }];
    }),
  );
  const { codes, requests, warm, judgement, atOnce } = await visit({
    before: { ...manifest({}, { workspaces: ['packages/*'] }), ...before },
    changed,
    packages: Object.fromEntries(names.map((name) => [name, { versions: ['1.0.0'], slowMs: 4 }])),
    twice: true,
  });
  expect(codes).toEqual([]);
  expect(judgement.facts.checked).toHaveLength(200);
  expect(requests.npm).toHaveLength(200);
  expect(atOnce).toBeGreaterThan(1);
  expect(atOnce).toBeLessThanOrEqual(8);
  // All names in one.
  expect(requests.osv).toEqual(['POST /v1/querybatch']);
  expect(requests.depsDev).toEqual([]);
  expect(warm).toEqual({ npm: 0, osv: 0, depsDev: 0 });
});
