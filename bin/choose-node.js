// Written for every Node since 12.20, whatever the rest of the package needs: no `??`, no `?.`.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * True when a version (`24.21.0`, with or without `v`) is at least the one that `engines` asks for (`>=24.15`).
 * A range that is written in another way is taken for met: Node itself says what it misses.
 */
export function isSupported(version, engines) {
  const wanted = /^>=\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(engines);
  const given = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version);
  if (!wanted || !given) return true;
  for (let part = 1; part <= 3; part++) {
    const difference = Number(given[part]) - Number(wanted[part] || 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * The Node that the package pins, found from the package's own folder; `null` where it is not installed (a production
 * installation leaves it out) or would not do either.
 */
export function findPinnedNode(root, engines) {
  let manifest;
  try {
    manifest = createRequire(join(root, 'package.json')).resolve('node/package.json');
  } catch (_error) {
    return null;
  }
  if (!isSupported(JSON.parse(readFileSync(manifest, 'utf8')).version, engines)) return null;
  const folder = join(dirname(manifest), 'bin');
  const found = ['node', 'node.exe'].map((name) => join(folder, name)).filter((path) => existsSync(path));
  return found.length > 0 ? found[0] : null;
}
