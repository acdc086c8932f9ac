import { minimatch } from 'minimatch';
import spdxCorrect from 'spdx-correct';
import satisfies from 'spdx-satisfies';
import { z } from 'zod';
import { type LicenseTree, readLicense, UNLICENSED, writeLicense } from './spdx.ts';

/** Licences that ask for no more than that their text is kept. */
const PERMISSIVE = [
  '0BSD',
  'AFL-2.1',
  'Apache-2.0',
  'Artistic-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unicode-3.0',
  'Unicode-DFS-2016',
  'Unlicense',
  'W3C',
  'WTFPL',
  'Zlib',
] as const;

/** One entry of a list: a single identifier, with or without exception, or a glob of identifiers. */
const entry = z
  .string()
  .min(1)
  .refine(
    (text) => isGlob(text) || readLicense(text)?.kind === 'license',
    'A single SPDX identifier such as "MIT", one with its exception, "UNLICENSED", or a glob such as "GPL-*"',
  );

/** What the practice can be told about licences. With neither list, none is judged. */
export const licenceOptions = z.strictObject({
  allow: z
    .array(z.union([z.literal('permissive'), entry]))
    .default([])
    .describe('Licences that may come in: SPDX identifiers, globs of them, or `permissive`. Everything else may not.'),
  deny: z
    .array(entry)
    .default([])
    .describe('Licences that may not come in: SPDX identifiers or globs, such as `GPL-*`.'),
  development: z
    .enum(['judge', 'ignore'])
    .default('judge')
    .describe('Whether packages that only development needs are judged, too.'),
  unknown: z
    .enum(['error', 'warning', 'ignore'])
    .default('warning')
    .describe('What to make of a licence that nobody can tell: none given, a file of its own, no SPDX expression.'),
});

/** The options as the schema parsed them. */
export type LicenceOptions = z.output<typeof licenceOptions>;

/** What the policy makes of a stated licence. */
export type LicenceVerdict =
  | { state: 'allowed' }
  | { state: 'denied'; license: string }
  /** `cause` ends "…, because …"; `likely` is what its author probably meant, for a person to confirm. */
  | { state: 'unknown'; cause: string; likely: string | null };

/** True where somebody decided which licences may come in. */
export function judgesLicences({ allow, deny }: LicenceOptions): boolean {
  return allow.length + deny.length > 0;
}

/** Judges a licence as a package states it: `OR` by its best branch, `AND` by its worst. */
export function judgeLicence(stated: string, options: LicenceOptions): LicenceVerdict {
  const tree = readLicense(stated);
  if (tree === null) return unreadable(stated);
  if (isAllowed(tree, options)) return { state: 'allowed' };
  return { state: 'denied', license: writeLicense(tree) };
}

/** Whether two statements differ in what they allow, not only in how they are written. */
export function licencesDiffer(before: string, after: string): boolean {
  const [one, other] = [readLicense(before), readLicense(after)];
  if (one === null || other === null) return before.trim().toLowerCase() !== after.trim().toLowerCase();
  return writeLicense(one) !== writeLicense(other);
}

function isAllowed(tree: LicenseTree, options: LicenceOptions): boolean {
  switch (tree.kind) {
    case 'or':
      return isAllowed(tree.left, options) || isAllowed(tree.right, options);
    case 'and':
      return isAllowed(tree.left, options) && isAllowed(tree.right, options);
    case 'license':
      return !isDenied(tree, options.deny) && (options.allow.length === 0 || isListed(tree, options.allow));
  }
}

type Leaf = Extract<LicenseTree, { kind: 'license' }>;

/** An exception only ever adds a permission, so what allows the licence allows it with one. */
function isListed(leaf: Leaf, allow: readonly string[]): boolean {
  const entries = allow.flatMap((one) => (one === 'permissive' ? PERMISSIVE : [one]));
  return entries.some((one) => {
    if (isGlob(one)) return matches(leaf, one);
    const listed = readLicense(one);
    if (listed?.kind !== 'license') return false;
    if (leaf.id === UNLICENSED || listed.id === UNLICENSED) return leaf.id === listed.id;
    const wanted = writeLicense(listed);
    return meets(writeLicense(leaf), wanted) || meets(writeLicense({ ...leaf, exception: null }), wanted);
  });
}

/** The comparer reads with an older list of identifiers than ours, and throws at newer ones such as `GFDL-1.1-invariants-or-later`. */
function meets(license: string, wanted: string): boolean {
  if (license === wanted) return true;
  try {
    return satisfies(license, [wanted]);
  } catch {
    return false;
  }
}

/** Denied with any exception, unless the entry names one; `GPL-2.0` means all its spellings. */
function isDenied(leaf: Leaf, deny: readonly string[]): boolean {
  return deny.some((one) => {
    if (isGlob(one)) return matches(leaf, one);
    const listed = readLicense(one);
    if (listed?.kind !== 'license') return false;
    return familyOf(listed) === familyOf(leaf) && (listed.exception === null || listed.exception === leaf.exception);
  });
}

/** `GPL-2.0`, `GPL-2.0-only`, `GPL-2.0-or-later` and `GPL-2.0+` are the same text. */
function familyOf({ id }: Leaf): string {
  return id.replace(/-(?:only|or-later)$/, '').replace(/\+$/, '');
}

function matches({ id }: Leaf, glob: string): boolean {
  return minimatch(id, glob, { nocase: true, nocomment: true, nonegate: true });
}

function isGlob(text: string): boolean {
  return /[*?[{]/.test(text);
}

function unreadable(stated: string): LicenceVerdict {
  const text = stated.trim();
  if (text === '') return { state: 'unknown', cause: 'it states none', likely: null };
  if (/^see licen[cs]e in /i.test(text)) {
    return { state: 'unknown', cause: 'its text is in a file of the package', likely: null };
  }
  if (/^(?:noassertion|none|non-standard|unknown|custom|proprietary)$/i.test(text)) {
    return { state: 'unknown', cause: `it is given as "${text}"`, likely: null };
  }
  return { state: 'unknown', cause: `"${text.slice(0, 100)}" is no SPDX expression`, likely: likelyMeaning(text) };
}

/** Never a verdict: the corrector makes `GPL-3.0-or-later` of "MIT, GPL". */
function likelyMeaning(text: string): string | null {
  try {
    return spdxCorrect(text.slice(0, 200));
  } catch {
    return null;
  }
}
