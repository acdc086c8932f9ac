import { parse as parseToml } from 'smol-toml';
import {
  type DeclaredPackage,
  type EcosystemResult,
  isAt,
  lineFinder,
  MAX_PACKAGES,
  recordOf,
  textsOf,
} from './declared-package.ts';

/** `name[extra] >=1,<2 ; marker`, or `name @ address`. */
const REQUIREMENT = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/;

/** No requirement of people's is longer. */
const MAX_LENGTH = 2_000;

/** Options that name another index, or a place with archives. */
const INDEX_OPTION = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)(?:\s+|=)(\S+)/;

/** Reads pip's requirements, of which every line is one. Never throws. */
export function readRequirements(text: string): EcosystemResult {
  const packages: DeclaredPackage[] = [];
  let namesRegistry = false;
  for (const { line, text: written } of logicalLines(text)) {
    const index = INDEX_OPTION.exec(written);
    if (index) namesRegistry ||= !isPublicIndex(index[1]!);
    if (written.startsWith('-') || packages.length >= MAX_PACKAGES) continue;
    const found = readRequirement(written.replace(/\s--(?:hash|global-option|config-settings)\b.*$/, ''), line);
    if (found) packages.push(found);
  }
  return { ok: true, packages, own: [], ownPrefixes: [], namesRegistry };
}

/** Lines joined where a backslash ends them, without comments. */
function* logicalLines(text: string): Generator<{ line: number; text: string }> {
  let started = 0;
  let joined = '';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (joined === '') started = index + 1;
    const continues = raw.endsWith('\\');
    joined += `${continues ? raw.slice(0, -1) : raw} `;
    if (continues && joined.length < 10_000) continue;
    const written = joined
      .replace(/\s+/g, ' ')
      .replace(/(?:^| )#.*$/, '')
      .trim();
    joined = '';
    if (written !== '') yield { line: started, text: written };
  }
}

/** One requirement; `null` for what is none, such as a path. */
function readRequirement(written: string, line: number | null): DeclaredPackage | null {
  const found = written.length > MAX_LENGTH ? null : REQUIREMENT.exec(written);
  if (!found || /^[a-z+]+:\/\//i.test(written) || /^[^\s;@]*[\\/]/.test(written)) return null;
  const name = normalise(found[1]!);
  const rest = found[2]!.replace(/\s*;.*$/, '').trim();
  if (rest.startsWith('@')) return { name, spec: rest, version: null, line, elsewhere: 'taken from an address' };
  const spec = rest.replace(/^\(|\)$/g, '').trim();
  // What follows a name without an operator is prose, not a requirement.
  if (spec !== '' && !/^[<>=!~]/.test(spec)) return null;
  const exact = /^={2,3}\s*([^\s*,]+)$/.exec(spec);
  return { name, spec, version: exact?.[1] ?? null, line, elsewhere: null };
}

/** As PyPI compares names. */
function normalise(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function isPublicIndex(address: string): boolean {
  return isAt(address, 'pypi', 'org');
}

/** Reads `pyproject.toml`: the standard fields, and those of Poetry, uv and PDM. Never throws. */
export function readPyproject(text: string): EcosystemResult {
  let root: Record<string, unknown>;
  try {
    root = recordOf(parseToml(text));
  } catch (error) {
    const { line } = error as { line?: number };
    return { ok: false, line: line ?? null, cause: 'it is not valid TOML' };
  }
  const findLine = lineFinder(text);
  const project = recordOf(root.project);
  const tool = recordOf(root.tool);
  const poetry = recordOf(tool.poetry);
  const uv = recordOf(tool.uv);
  const sources = new Set(Object.keys(recordOf(uv.sources)).map(normalise));
  const requirements = [
    ...textsOf(project.dependencies),
    ...Object.values(recordOf(project['optional-dependencies'])).flatMap(textsOf),
    ...Object.values(recordOf(root['dependency-groups'])).flatMap(textsOf),
    ...textsOf(recordOf(root['build-system']).requires),
    ...textsOf(uv['dev-dependencies']),
  ].flatMap(
    (written) =>
      readRequirement(
        written.trim(),
        findLine((line) => line.includes(written)),
      ) ?? [],
  );
  const groups = Object.values(recordOf(poetry.group)).map((group) => recordOf(group).dependencies);
  const tables = [poetry.dependencies, poetry['dev-dependencies'], ...groups].flatMap((table) =>
    Object.entries(recordOf(table)).flatMap(([name, value]) => readPoetry(name, value, findLine)),
  );
  const packages = [...requirements, ...tables]
    .map((one) =>
      sources.has(one.name) ? { ...one, elsewhere: 'taken from a source of its own (tool.uv.sources)' } : one,
    )
    .slice(0, MAX_PACKAGES);
  const own = [project.name, poetry.name].filter((name) => typeof name === 'string').map(normalise);
  return { ok: true, packages, own, ownPrefixes: [], namesRegistry: namesIndex(tool, poetry, uv) };
}

function readPoetry(name: string, value: unknown, findLine: ReturnType<typeof lineFinder>): DeclaredPackage[] {
  if (name === 'python' || !REQUIREMENT.test(name)) return [];
  const one = Array.isArray(value) ? value[0] : value;
  const fields = recordOf(one);
  const spec = typeof one === 'string' ? one : typeof fields.version === 'string' ? fields.version : '';
  const line = findLine((text) => text.trimStart().replace(/^["']/, '').startsWith(name));
  const isElsewhere = ['path', 'git', 'url', 'source', 'file'].some((key) => fields[key] !== undefined);
  const exact = /^(?:={2}\s*)?(\d[^\s*,^~<>|]*)$/.exec(spec.trim());
  const elsewhere = isElsewhere ? 'taken from a source of its own' : null;
  return [{ name: normalise(name), spec, version: exact?.[1] ?? null, line, elsewhere }];
}

function namesIndex(
  tool: Record<string, unknown>,
  poetry: Record<string, unknown>,
  uv: Record<string, unknown>,
): boolean {
  const listed = [poetry.source, uv.index, recordOf(tool.pdm).source].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const addresses = [
    ...listed.map((one) => recordOf(one).url),
    uv['index-url'],
    ...textsOf(uv['extra-index-url']),
    ...textsOf(uv['find-links']),
  ];
  return addresses.some((address) => address !== undefined && !(typeof address === 'string' && isPublicIndex(address)));
}
