import type { Repository } from '../../model/pull-request.ts';
import { isRecordPath } from './record/homes.ts';

/** A decision record that the description of a pull request refers to. */
export type Citation = { kind: 'number'; number: number; said: string } | { kind: 'path'; path: string; said: string };

/** Nobody cites more; beyond this a body is a list of everything, which cites nothing. */
const MAX_CITATIONS = 20;

const MAX_BODY_LENGTH = 70_000;

/**
 * Finds `ADR-0012`, `ADR 12`, the path of a record, or a link to it on this repository's own pages. Comments, which
 * people fill templates with, and fenced code cite nothing. Each record once, in the order of the text. Never throws.
 */
export function findCitations(body: string, homes: readonly string[], repository: Repository): Citation[] {
  const text = withoutCode(body.slice(0, MAX_BODY_LENGTH).replace(/<!--[\s\S]*?(?:-->|$)/g, ' '));
  const found: { at: number; citation: Citation }[] = [];
  const home = `/${repository.owner}/${repository.name}/`.toLowerCase();
  // A link elsewhere may have the same path in it, and is another project's record.
  const ownText = text.replace(/https?:\/\/[^\s<>()[\]"'`]*/gi, (url) => {
    return url.toLowerCase().includes(home) ? url : ' '.repeat(url.length);
  });
  for (const path of homes.flatMap((home) => [...pathsIn(ownText, home, homes)])) {
    found.push({ at: path.at, citation: { kind: 'path', path: path.path, said: path.path } });
  }
  // The name in a path was read above: `docs/adr/adr-12-x.md` is one citation, not two.
  const withoutPaths = ownText.replace(/[^\s<>()[\]"'`]+/g, (word) => {
    return word.includes('://') || homes.some((home) => word.includes(`${home}/`)) ? ' '.repeat(word.length) : word;
  });
  for (const match of withoutPaths.matchAll(
    /(?<![\p{L}\p{N}_-])ADR(?:[-_#]|\s{1,3}#?)?(\d{1,6})(?![\p{L}\p{N}]|-\d\d-\d\d)/giu,
  )) {
    const said = match[0].replace(/\s+/g, ' ');
    found.push({ at: match.index, citation: { kind: 'number', number: Number(match[1]), said } });
  }
  const byKey = new Map(
    found
      .sort((a, b) => a.at - b.at)
      .map(({ citation }) => [keyOf(citation), citation] as const)
      .toReversed(),
  );
  return [...byKey.values()].toReversed().slice(0, MAX_CITATIONS);
}

function keyOf(citation: Citation): string {
  return citation.kind === 'number' ? `#${citation.number}` : citation.path;
}

function* pathsIn(text: string, home: string, homes: readonly string[]): Generator<{ at: number; path: string }> {
  for (let at = text.indexOf(`${home}/`); at >= 0; at = text.indexOf(`${home}/`, at + 1)) {
    // `/` before it: a link, a package's folder or `./docs/adr/…`. Any letter would make it another folder.
    if (/[\p{L}\p{N}_-]/u.test(text[at - 1] ?? '')) continue;
    // `docs/adr/…` is not also a record in `adr`.
    if (homes.some((other) => other.endsWith(`/${home}`) && text.startsWith(other, at + home.length - other.length)))
      continue;
    const rest = /^[^\s<>()[\]"'`?#]*/.exec(text.slice(at, at + 1_000))?.[0].replace(/[.,;:!*_]+$/, '') ?? '';
    const path = packageBefore(text.slice(Math.max(0, at - 500), at)) + rest;
    if (isRecordPath(path, [home])) yield { at, path };
  }
}

/** The folder of the package whose records these are: `packages/orders/`; in a link it stands behind the branch. */
function packageBefore(text: string): string {
  const word = /[^\s<>()[\]"'`]*$/.exec(text)?.[0] ?? '';
  const path = word.includes('://')
    ? (/\/(?:blob|tree|raw)\/[^/]+\/(.*)$/.exec(word)?.[1] ?? '')
    : word.replace(/^\.?\//, '');
  return /^(?:[\w@-][\w.@-]*\/)*$/.test(path) ? path : '';
}

function withoutCode(text: string): string {
  let fence: string | null = null;
  const kept: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const mark: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && mark) fence = mark;
    else if (fence !== null && mark?.startsWith(fence)) fence = null;
    else if (fence === null) kept.push(line);
  }
  return kept.join('\n');
}
