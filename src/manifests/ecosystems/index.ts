import type { EcosystemChange, EcosystemChanges } from '../../model/ecosystem-change.ts';
import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import { baseName } from '../../model/package-files.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import type { EcosystemManifest, EcosystemResult } from './declared-package.ts';
import { ECOSYSTEM_FORMATS, type EcosystemFormat } from './formats.ts';

/** One changed manifest with its reader. */
interface Changed {
  path: string;
  /** Where it was before; `null` for a new one. */
  previousPath: string | null;
  format: EcosystemFormat;
}

/** Code of others that somebody copied in is nobody's manifest here. */
const VENDORED = /(?:^|\/)(?:node_modules|vendor|third_party|\.venv|venv|site-packages)\//;

/** Both sides of every changed manifest of another ecosystem, and the base's files that may name a private registry. */
export function ecosystemFiles(pullRequest: PullRequest): EvidenceRequest[] {
  return changedManifests(pullRequest).flatMap(({ path, previousPath, format }): EvidenceRequest[] => [
    { kind: 'file', path, side: 'head' },
    ...(previousPath === null ? [] : [{ kind: 'file', path: previousPath, side: 'merge-base' } as const]),
    ...format.settings.map((one) => ({ kind: 'file', path: one, side: 'base' }) as const),
  ]);
}

/** What the change newly asks for of other ecosystems, each name with whether anybody may be asked about it. Never throws. */
export function findEcosystemChanges(pullRequest: PullRequest, evidence: Evidence): EcosystemChanges {
  const found: {
    changes: EcosystemChange[];
    unreadable: EcosystemChanges['unreadable'][number][];
    missing: EcosystemChanges['missing'][number][];
  } = {
    changes: [],
    unreadable: [],
    missing: [],
  };
  const manifests = changedManifests(pullRequest);
  for (const changed of manifests) {
    const { path, previousPath, format } = changed;
    const { ecosystem } = format;
    const answer = evidence.file(path, 'head');
    const before = previousPath === null ? null : evidence.file(previousPath, 'merge-base');
    const unavailable = [answer, before].find((one) => one?.state === 'unavailable');
    if (unavailable?.state === 'unavailable') found.missing.push({ path, what: path, cause: unavailable.cause });
    if (unavailable || answer.state === 'absent') continue;
    const head = answer.state === 'found' ? read(format, answer.text) : BINARY;
    if (!head.ok) {
      found.unreadable.push({ ecosystem, path, line: head.line, cause: head.cause });
      continue;
    }
    const old = before?.state === 'found' ? read(format, before.text) : null;
    const base = old?.ok ? old : null;
    const known = new Map((base?.packages ?? []).map((one) => [one.name, one.spec]));
    const registry = privateRegistry(format, [head, ...(base ? [base] : [])], evidence);
    const told = new Set<string>();
    for (const { name, spec, version, line, elsewhere } of head.packages) {
      const key = `${name}\0${spec}`;
      if (known.get(name) === spec || told.has(key)) continue;
      told.add(key);
      const reason = elsewhere ?? ownReason(name, [head, ...(base ? [base] : [])], pullRequest) ?? registry;
      found.changes.push({
        ecosystem,
        path,
        line,
        name,
        spec,
        version,
        previousSpec: known.get(name) ?? null,
        elsewhere: reason,
      });
    }
  }
  return { ...found, filesRead: manifests.length };
}

/** No manifest of people's comes near this. */
const MAX_LENGTH = 1_000_000;

function read(format: EcosystemFormat, text: string): EcosystemResult {
  return text.length > MAX_LENGTH
    ? { ok: false, line: null, cause: 'it is larger than any manifest' }
    : format.read(text);
}

const BINARY = { ok: false, line: null, cause: 'it is a binary file' } as const;

function changedManifests({ files }: PullRequest): Changed[] {
  return files.flatMap(({ path, previousPath, status }) => {
    const format = ECOSYSTEM_FORMATS.find((one) => one.matches(baseName(path)));
    if (!format || status === 'removed' || VENDORED.test(path)) return [];
    const before = status === 'renamed' ? (previousPath ?? path) : path;
    return [{ path, previousPath: status === 'added' || status === 'copied' ? null : before, format }];
  });
}

/** Why none of the manifest's names may leave; `null` where they may. Before or after: a private name is private on either side. */
function privateRegistry(
  { settings, namesRegistry }: EcosystemFormat,
  manifests: readonly EcosystemManifest[],
  evidence: Evidence,
): string | null {
  if (manifests.some((one) => one.namesRegistry)) return 'in a manifest that names another registry';
  for (const path of settings) {
    const answer = evidence.file(path, 'base');
    if (answer.state === 'unavailable') return `perhaps of another registry (${path} could not be read)`;
    if (answer.state === 'found' && namesRegistry(answer.text)) return `perhaps of another registry (${path})`;
  }
  return null;
}

function ownReason(name: string, manifests: readonly EcosystemManifest[], { repository }: PullRequest): string | null {
  const isOwn = manifests.some(
    ({ own, ownPrefixes }) => own.includes(name) || ownPrefixes.some((prefix) => name.startsWith(prefix)),
  );
  // Of a module's path, the second part is whose it is, on GitHub as elsewhere.
  const isOwners = name.split('/')[1]?.toLowerCase() === repository.owner.toLowerCase() && name.includes('.');
  return isOwn || isOwners ? "of this repository's own, or its owner's" : null;
}
