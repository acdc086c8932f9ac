import type { Facts } from '../../model/review.ts';
import { compileGlobs, matchesAny } from './classify.ts';
import type { WeighedFile } from './measure.ts';
import type { PathLimit } from './options.ts';

/** A limit on some paths that the change exceeds. */
export interface ExceededPathLimit {
  overLines: boolean;
  overFiles: boolean;
  /** The files it is about, the most effort first. */
  files: readonly WeighedFile[];
  facts: Facts;
}

/** The limits on single paths that the change exceeds beyond doubt. */
export function measurePathLimits(files: readonly WeighedFile[], limits: readonly PathLimit[]): ExceededPathLimit[] {
  return limits.flatMap((limit) => {
    const globs = compileGlobs(limit.paths);
    const within = files.filter(({ file, doubtful }) => !doubtful && matchesAny(globs, file.path));
    const effort = within.reduce((sum, { line }) => sum + line.effort, 0);
    const opened = within.reduce((sum, one) => sum + one.opened, 0);
    const { 'max-lines': maxLines, 'max-files': maxFiles, paths, because } = limit;
    const overLines = maxLines !== undefined && effort > maxLines;
    const overFiles = maxFiles !== undefined && opened > maxFiles;
    if (!overLines && !overFiles) return [];
    const facts = {
      ...{ paths, effort, files: opened },
      ...(maxLines !== undefined && { maxLines }),
      ...(maxFiles !== undefined && { maxFiles }),
      ...(because !== undefined && { because }),
    };
    return [{ overLines, overFiles, files: within, facts }];
  });
}
