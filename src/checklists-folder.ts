import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readChecklists } from './config/checklists.ts';
import type { ChecklistsAnswer } from './model/evidence.ts';

/** Beside `src/` and `dist/` alike, so the same step up from either. */
const FOLDER = new URL('../checklists/', import.meta.url);

let known: ChecklistsAnswer | undefined;

/**
 * The checklists that come with Composure, in the order of their file names; read from disk once. Throws where the
 * package lies there without them: that is a broken installation, and no reviewer should be asked nothing because of it.
 */
export function readBuiltInChecklists(): ChecklistsAnswer {
  known ??= readFolder(FOLDER);
  return known;
}

function readFolder(folder: URL): ChecklistsAnswer {
  const names = readdirSync(folder).filter((name) => name.endsWith('.md'));
  if (names.length === 0) throw new Error(`There is no checklist in ${fileURLToPath(folder)}`);
  return readChecklists(
    names.sort().map((name) => ({ path: `checklists/${name}`, text: readFileSync(new URL(name, folder), 'utf8') })),
  );
}
