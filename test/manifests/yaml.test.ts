import { expect, test } from 'vitest';
import { readManifest } from '../../src/manifests/read-manifest.ts';

test.each([
  '? ',
  '  ? ',
  '- ? ',
  '? - ',
  '? a\n: ',
  '  - ',
  '&a ? ',
])('however often %j is repeated, a file of settings is read or refused at once', (piece) => {
  const before = process.cpuUsage();
  readManifest('pnpm-workspace.yaml', piece.repeat(2_000));
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000);
});
