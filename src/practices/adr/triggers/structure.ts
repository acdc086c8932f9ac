import { Minimatch } from 'minimatch';
import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import { baseName } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import type { TriggerName } from './catalogue.ts';
import type { ChangedSource } from './lines.ts';
import { importOn, moduleOf, resolveImport } from './modules.ts';
import { findNewModules, newModuleNeeds } from './new-modules.ts';
import { sourceLanguage } from './places.ts';
import { readScriptModule, type ScriptModule } from './script-module.ts';
import type { Signal } from './signal.ts';

/** What one part must not import of another, by the repository's own word. */
export interface Boundary {
  from: string;
  to: string;
  because: string;
}

/** Modules whose text is read whole. A change of more is a sweep over the code, and its patches say enough. */
const MAX_PARSED = 40;

/** What is longer is no line that a person wrote. */
const MAX_LINE = 300;

/** What this reads beyond the patches: modules whose imports or exports were edited, and whether new folders are new. */
export function structureNeeds(files: readonly ChangedFile[]): EvidenceRequest[] {
  return [
    ...parsedFiles(files).flatMap((file): EvidenceRequest[] => [
      { kind: 'file', path: file.path, side: 'head' },
      { kind: 'file', path: file.previousPath ?? file.path, side: 'merge-base' },
    ]),
    ...newModuleNeeds(files),
  ];
}

/** An import or an export; or what may be a member of an interface, whose name stands above the patch. */
const NEEDS_THE_REST = /^[+-].*\b(?:import|export|require)\b|^[+-]\s+\w+\??(?:<[^>]*>)?\((?:[^)]*\)\s*:.*;)?$/;

/** Of a new file the patch is the text; of others only such a line needs the rest of it. */
function parsedFiles(files: readonly ChangedFile[]): ChangedFile[] {
  const edited = files.filter((file) => {
    if (file.status !== 'modified' && file.status !== 'renamed') return false;
    if (sourceLanguage(file) !== 'script') return false;
    return file.hunks.some((hunk) => hunk.lines.some((line) => NEEDS_THE_REST.test(line.slice(0, MAX_LINE))));
  });
  return edited.slice(0, MAX_PARSED);
}

/** The modules of a change whose text was read whole, before and after, by their paths. */
export interface ParsedModules {
  sides: ReadonlyMap<string, BothSides>;
  missing: Missing[];
}

/** Parses the modules that `structureNeeds` asked for. */
export function parseModules(files: readonly ChangedFile[], evidence: Evidence): ParsedModules {
  const missing: Missing[] = [];
  const sides = new Map(parsedFiles(files).map((file) => [file.path, readBothSides(file, evidence, missing)]));
  return { sides, missing };
}

/** What one file says of the structure. */
export interface FileStructure {
  file: ChangedFile;
  edges: Edge[];
  /** What it newly shows to the outside, or does not any more. */
  exports: Signal[];
}

/** Reads what one file imports and exports. */
export function readStructure(change: ChangedSource, { sides }: ParsedModules): FileStructure {
  const { file } = change;
  const own = sides.get(file.path);
  return { file, edges: edgesOf(change, own), exports: exportSignals(change, own) };
}

/** New modules, edges between modules, cycles, crossed boundaries, and what packages newly show to the outside. */
export function findStructure(
  read: readonly FileStructure[],
  modules: ParsedModules,
  evidence: Evidence,
  boundaries: readonly Boundary[] = [],
): { signals: Signal[]; missing: Missing[] } {
  const missing: Missing[] = [];
  const files = read.map(({ file }) => file);
  const signals: Signal[] = [...findNewModules(files, evidence, missing)];
  const edges = read.flatMap((one) => one.edges);
  signals.push(...crossings(edges, boundaries));

  const known = new Set(edges.filter((edge) => edge.before).map(keyOf));
  const fresh = edges.filter((edge) => edge.after && !known.has(keyOf(edge)) && edge.from !== edge.to);
  const after = new Set(edges.filter((edge) => edge.after).map(keyOf));
  for (const edge of firstOfEach(fresh)) {
    const back = `${edge.to}\0${edge.from}`;
    const [trigger, because]: [TriggerName, string] = after.has(back)
      ? ['import-cycle', `${edge.from} and ${edge.to}, which now need each other`]
      : known.has(back)
        ? ['layer-reversed', `which part stands on which: ${edge.from} now imports ${edge.to}, and was imported by it`]
        : ['import-edge', `which parts know each other: ${edge.from} now imports ${edge.to}`];
    signals.push({ trigger, path: edge.path, line: edge.line, because });
  }
  for (const { exports } of read) signals.push(...exports);
  return { signals, missing: [...missing, ...modules.missing] };
}

interface BothSides {
  before: ScriptModule | null;
  after: ScriptModule | null;
}

function readBothSides(file: ChangedFile, evidence: Evidence, missing: Missing[]): BothSides {
  const read = (path: string, side: 'head' | 'merge-base') => {
    const answer = evidence.file(path, side);
    if (answer.state === 'unavailable') missing.push({ what: `the text of ${path}`, cause: answer.cause });
    return answer.state === 'found' ? readScriptModule(path, answer.text) : null;
  };
  return { before: read(file.previousPath ?? file.path, 'merge-base'), after: read(file.path, 'head') };
}

interface Edge {
  from: string;
  to: string;
  /** Where the specifier leads. */
  target: string;
  path: string;
  line: number | null;
  before: boolean;
  after: boolean;
}

function keyOf({ from, to }: Edge): string {
  return `${from}\0${to}`;
}

function firstOfEach(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.toReversed().map((edge) => [keyOf(edge), edge])).values()].toReversed();
}

function edgesOf({ file, language, added, removed }: ChangedSource, sides: BothSides | undefined): Edge[] {
  const from = moduleOf(file.path);
  if (language === null || from === null) return [];
  const edge = (specifier: string, line: number | null, before: boolean, after: boolean): Edge[] => {
    const target = resolveImport(file.path, specifier, language);
    const to = target === null ? null : moduleOf(target);
    return target === null || to === null ? [] : [{ from, to, target, path: file.path, line, before, after }];
  };
  if (sides?.before && sides.after) {
    const { before, after } = sides;
    const lineOf = (specifier: string) => added.find(({ text }) => text.includes(specifier))?.line ?? null;
    return [...new Set([...before.imports, ...after.imports])].flatMap((specifier) =>
      edge(specifier, lineOf(specifier), before.imports.has(specifier), after.imports.has(specifier)),
    );
  }
  const edges: Edge[] = [];
  for (const { text, line } of added) {
    const specifier = importOn(text, language);
    if (specifier !== null) edges.push(...edge(specifier, line, false, true));
  }
  for (const { text } of removed) {
    const specifier = importOn(text, language);
    if (specifier !== null) edges.push(...edge(specifier, null, true, false));
  }
  for (const { lines } of file.hunks) {
    for (const kept of lines) {
      const specifier = kept.startsWith(' ') ? importOn(kept.slice(1), language) : null;
      if (specifier !== null) edges.push(...edge(specifier, null, true, true));
    }
  }
  return edges;
}

function crossings(edges: readonly Edge[], boundaries: readonly Boundary[]): Signal[] {
  return boundaries.flatMap(({ from, to, because }) => {
    const [source, target] = [from, to].map(
      (glob) => new Minimatch(glob, { dot: true, nocomment: true, nonegate: true }),
    ) as [Minimatch, Minimatch];
    return edges
      .filter(
        (edge) =>
          edge.after &&
          !edge.before &&
          source.match(edge.path) &&
          (target.match(edge.target) || target.match(`${edge.target}/x`)),
      )
      .map((edge): Signal => ({ trigger: 'boundary-crossed', path: edge.path, line: edge.line, because }));
  });
}

/** Interfaces that others implement, by the last word of their name. */
const PORT = /(?:Port|Adapter|Repository|Provider|Service|Gateway|Store|Plugin|Driver|Host|Client|Handler)$/;

/** The face of a package: what stands here is for others to use. */
const ENTRY =
  /^(?:index|main|mod|public-api|api)\.[cm]?[jt]sx?$|^mod\.rs$|^lib\.rs$|^__init__\.py$|^module-info\.java$/;

function exportSignals({ file, language, added }: ChangedSource, sides: BothSides | undefined): Signal[] {
  if (language === null) return [];
  const signals: Signal[] = [];
  const about = (trigger: TriggerName, line: number | null, because: string) =>
    signals.push({ trigger, path: file.path, line, because });
  const isEntry = ENTRY.test(baseName(file.path).toLowerCase());
  if (sides?.before && sides.after) {
    const { before, after } = sides;
    const lineOf = (name: string) => added.find(({ text }) => text.includes(name))?.line ?? null;
    const fresh = [...after.exports.keys()].filter((name) => !before.exports.has(name));
    const gone = [...before.exports.keys()].filter((name) => !after.exports.has(name));
    for (const [name, signature] of after.exports) {
      const old = before.exports.get(name);
      if (
        old === undefined ||
        old === signature ||
        !PORT.test(name) ||
        !/\b(?:interface|abstract class)\b/.test(signature)
      )
        continue;
      about(
        'contract-changed',
        lineOf(name),
        `a contract between parts (${name}), which all who implement it must follow`,
      );
    }
    if (isEntry && fresh[0] !== undefined)
      about('public-export', lineOf(fresh[0]), `what the package shows to the outside: ${fresh[0]}`);
    if (isEntry && gone[0] !== undefined)
      about('public-export', null, `what the package shows to the outside: ${gone[0]} is gone`);
    return signals;
  }
  if (!isEntry || file.status === 'added' || language === 'script') return signals;
  const shown = added.find(({ text }) =>
    /^\s*(?:pub\s+(?:mod|use|fn|struct|enum|trait)\b|from\s+\.\S*\s+import\b|exports\s+[\w.]+)/.test(text),
  );
  if (shown) about('public-export', shown.line, 'what the package shows to the outside');
  return signals;
}
