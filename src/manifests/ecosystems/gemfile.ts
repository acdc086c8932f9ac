import { type DeclaredPackage, type EcosystemResult, isAt, MAX_PACKAGES } from './declared-package.ts';

const GEM = /^\s*gem[\s(]\s*(['"])([A-Za-z0-9][\w.-]*)\1(.*)$/;
const SOURCE = /^\s*source[\s(]\s*(?:(['"])([^'"]*)\1|:(\w+))/;
const BLOCK = /^\s*(?:source|git|path|github)\b.*\bdo\b(?:\s*\|.*\|)?\s*(?:#.*)?$/;
const OPENS = /\bdo\b(?:\s*\|.*\|)?\s*(?:#.*)?$|^\s*(?:if|unless|case|begin|def|while|until)\b/;
const ENDS = /^\s*end\b/;

/** Where Bundler fetches from instead, as an option of one gem. */
const ELSEWHERE =
  /(?:^|[\s,])(?:(git|github|gitlab|bitbucket|gist|path|source):|:(git|github|gitlab|bitbucket|gist|path|source)\s*=>)/;

/** Reads what can be read of a `Gemfile` without running it: it is Ruby, and only lines that say `gem` plainly count. */
export function readGemfile(text: string): EcosystemResult {
  const packages: DeclaredPackage[] = [];
  let namesRegistry = false;
  /** One entry for each open block: whether gems in it come from elsewhere. */
  const blocks: boolean[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (packages.length >= MAX_PACKAGES) break;
    if (/^\s*#/.test(line) || line.length > 2_000) continue;
    const source = SOURCE.exec(line);
    const isBlock = BLOCK.test(line);
    if (source && !isBlock) namesRegistry ||= !(source[3] === 'rubygems' || isAt(source[2] ?? '', 'rubygems', 'org'));
    if (ENDS.test(line)) blocks.pop();
    else if (isBlock) blocks.push(true);
    else if (OPENS.test(line)) blocks.push(false);
    const gem = GEM.exec(line);
    if (!gem) continue;
    const rest = gem[3]!.replace(/#.*$/, '');
    const specs = [...rest.matchAll(/(?:^|,)\s*(['"])([<>=~!\s\d][^'"]*)\1/g)].map((found) => found[2]!.trim());
    const exact = specs.length === 1 ? /^=?\s*(\d[\w.-]*)$/.exec(specs[0]!) : null;
    const isElsewhere = ELSEWHERE.test(rest) || blocks.includes(true);
    const elsewhere = isElsewhere ? 'taken from a source of its own' : null;
    packages.push({ name: gem[2]!, spec: specs.join(', '), version: exact?.[1] ?? null, line: index + 1, elsewhere });
  }
  return { ok: true, packages, own: [], ownPrefixes: [], namesRegistry };
}
