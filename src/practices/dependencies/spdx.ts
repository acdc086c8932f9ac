import spdxExceptions from 'spdx-exceptions/index.json' with { type: 'json' };
import parseExpression from 'spdx-expression-parse';
import deprecatedIds from 'spdx-license-ids/deprecated.json' with { type: 'json' };
import currentIds from 'spdx-license-ids/index.json' with { type: 'json' };

/** A licence expression as a tree. */
export type LicenseTree =
  | {
      kind: 'license';
      /** The SPDX identifier, `LicenseRef-…`, or `UNLICENSED`. */
      id: string;
      /** `+`: this version or a later one. */
      orLater: boolean;
      exception: string | null;
    }
  | { kind: 'and' | 'or'; left: LicenseTree; right: LicenseTree };

/** npm's word for "nobody is given a licence". No SPDX identifier, and nothing like `Unlicense`. */
export const UNLICENSED = 'UNLICENSED';

const KNOWN: ReadonlyMap<string, string> = new Map(
  [...currentIds, ...deprecatedIds, ...spdxExceptions].map((id) => [id.toLowerCase(), id]),
);

/** Nobody writes longer ones; the parser calls itself for every parenthesis. */
const MAX_LENGTH = 1000;

/**
 * Reads an SPDX expression, its identifiers and operators in any case. `null` for what is none: it is never corrected
 * here, because a correction can turn a proprietary package into one of the public domain.
 */
export function readLicense(text: string): LicenseTree | null {
  const trimmed = text.trim();
  if (/^unlicensed$/i.test(trimmed)) return { kind: 'license', id: UNLICENSED, orLater: false, exception: null };
  if (trimmed === '' || trimmed.length > MAX_LENGTH) return null;
  try {
    return treeOf(parseExpression(canonical(trimmed)));
  } catch {
    return null;
  }
}

/** The expression as SPDX writes it. */
export function writeLicense(tree: LicenseTree): string {
  if (tree.kind !== 'license') {
    const side = (one: LicenseTree) => (one.kind === 'license' ? writeLicense(one) : `(${writeLicense(one)})`);
    return `${side(tree.left)} ${tree.kind.toUpperCase()} ${side(tree.right)}`;
  }
  return `${tree.id}${tree.orLater ? '+' : ''}${tree.exception === null ? '' : ` WITH ${tree.exception}`}`;
}

function canonical(text: string): string {
  return text.replace(/[^()\s]+/g, (word) => {
    if (/^(?:and|or|with)$/i.test(word)) return word.toUpperCase();
    const known = KNOWN.get(word.toLowerCase());
    if (known !== undefined) return known;
    const later = word.endsWith('+') ? KNOWN.get(word.slice(0, -1).toLowerCase()) : undefined;
    return later === undefined ? word : `${later}+`;
  });
}

function treeOf(info: parseExpression.Info): LicenseTree {
  if ('conjunction' in info) return { kind: info.conjunction, left: treeOf(info.left), right: treeOf(info.right) };
  return { kind: 'license', id: info.license, orLater: info.plus === true, exception: info.exception ?? null };
}
