import type { Minimatch } from 'minimatch';
import { compileGlob } from '../../model/globs.ts';
import { isLockfile } from '../../model/package-files.ts';
import type { ChangedFile } from '../../model/pull-request.ts';
import { type AttributeFile, type AttributeState, attributeOf } from './attributes.ts';
import type { Options, Weights } from './options.ts';
import {
  isDocumentationName,
  isFixtureName,
  isGeneratedName,
  isPictureName,
  isSnapshotName,
  isTestName,
  isVendoredName,
} from './well-known-names.ts';

/** What a file is to the person who reads it. Exactly one class a file. */
export type FileClass =
  | 'source'
  | 'tests'
  | 'fixtures'
  | 'snapshots'
  | 'documentation'
  | 'generated'
  | 'vendored'
  | 'lockfile'
  | 'binary'
  | 'excluded';

/** Nobody reads these unless somebody gives them a weight: they count neither as lines nor as files. */
const UNREAD: ReadonlySet<FileClass> = new Set(['generated', 'vendored', 'lockfile', 'excluded']);

/** How much a line of such a file counts, against one of source. */
export function weightOf(fileClass: FileClass, weights: Weights): number {
  return fileClass === 'excluded' ? 0 : weights[fileClass];
}

/** True where a reviewer is expected to open files of this class. */
export function isRead(fileClass: FileClass, weights: Weights): boolean {
  return !UNREAD.has(fileClass) || weightOf(fileClass, weights) > 0;
}

/** What decides classes beyond the path itself. */
export interface ClassRules {
  exclude: readonly Minimatch[];
  /** Configured globs by the class they give. */
  configured: readonly { class: FileClass; globs: readonly Minimatch[] }[];
  attributes: readonly AttributeFile[];
  /** Whether this file says of itself that a tool writes it. */
  hasGeneratedHeader(file: ChangedFile): boolean;
}

/** Compiles globs. Names that begin with a dot are names like any other. */
export function compileGlobs(globs: readonly string[]): Minimatch[] {
  return globs.map((glob) => compileGlob(glob));
}

/** True where one of the globs takes the path in. */
export function matchesAny(globs: readonly Minimatch[], path: string): boolean {
  return globs.some((glob) => glob.match(path));
}

/** The globs of the configuration, ready to be asked. */
export function compileClasses(
  options: Pick<Options, 'exclude' | 'classes'>,
): Pick<ClassRules, 'exclude' | 'configured'> {
  return {
    exclude: compileGlobs(options.exclude),
    configured: Object.entries(options.classes)
      .filter(([, globs]) => globs.length > 0)
      .map(([name, globs]) => ({ class: name as FileClass, globs: compileGlobs(globs) })),
  };
}

/** True where the class follows from the path, whatever `.gitattributes` says. */
export function isDecidedByPath(file: ChangedFile, rules: Pick<ClassRules, 'exclude' | 'configured'>): boolean {
  return (
    matchesAny(rules.exclude, file.path) ||
    rules.configured.some(({ globs }) => matchesAny(globs, file.path)) ||
    isLockfile(file.path)
  );
}

/** The class of one file; the first that fits, in the order of this function. */
export function classify(file: ChangedFile, rules: ClassRules): FileClass {
  const { path } = file;
  if (matchesAny(rules.exclude, path)) return 'excluded';
  const configured = rules.configured.find(({ globs }) => matchesAny(globs, path));
  if (configured) return configured.class;
  if (isLockfile(path)) return 'lockfile';
  const vendored = attributeOf('linguist-vendored', path, rules.attributes);
  const generated = attributeOf('linguist-generated', path, rules.attributes);
  if (isOn(vendored)) return 'vendored';
  if (isOn(generated)) return 'generated';
  // An un-setting answers the question as well: names and headers are not asked any more.
  if (!isOff(vendored) && isVendoredName(path)) return 'vendored';
  if (!isOff(generated) && (isGeneratedName(path) || rules.hasGeneratedHeader(file))) return 'generated';
  if (file.patch === 'binary' || isPictureName(path)) return 'binary';
  const documentation = attributeOf('linguist-documentation', path, rules.attributes);
  if (isOn(documentation)) return 'documentation';
  if (isSnapshotName(path)) return 'snapshots';
  if (!isOff(documentation) && isDocumentationName(path)) return 'documentation';
  if (isFixtureName(path)) return 'fixtures';
  return isTestName(path) ? 'tests' : 'source';
}

/** As GitHub's Linguist takes it: `linguist-generated=false` means what `-linguist-generated` means. */
function isOn(state: AttributeState): boolean {
  return state !== undefined && !isOff(state);
}

function isOff(state: AttributeState): boolean {
  return state === false || state === 'false';
}
