import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readBuiltInChecklists } from '../src/checklists-folder.ts';

it('reads every list that comes with the package, in the order of their names, without a problem', () => {
  const files = readdirSync(new URL('../checklists/', import.meta.url)).filter((name) => name.endsWith('.md'));
  const { lists, problems } = readBuiltInChecklists();
  expect(problems).toEqual([]);
  expect(lists.map((list) => list.path)).toEqual(files.sort().map((name) => `checklists/${name}`));
  expect(lists.flatMap((list) => list.items).length).toBeGreaterThanOrEqual(8);
});
