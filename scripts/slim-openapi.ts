/**
 * Cuts GitHub's OpenAPI description down to what an App for pull requests touches, for tests to validate against.
 *
 * The whole description takes 385 MB installed (13 MB of it used), so only the cut, compressed, is committed.
 * To refresh it, outside this repository:
 *
 *     mkdir /tmp/openapi && cd /tmp/openapi && npm init -y && npm install @octokit/openapi@23
 *
 * then here:
 *
 *     node scripts/slim-openapi.ts /tmp/openapi/node_modules/@octokit/openapi/generated/api.github.com.json
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const FIXTURE = new URL('../test/support/github/openapi.json.gz', import.meta.url);

const PATHS =
  /^\/(app(\/|$)|app-manifests\/|installation\/|rate_limit$|users?(\/\{username\}(\/installation)?)?$|repositories\/\{repository_id\}|search\/issues$|orgs\/\{org\}(\/(members|memberships|teams|installation|rulesets)|$)|repos\/\{owner\}\/\{repo\}(\/(pulls|issues|labels|check-|commits|compare|contents|readme|git\/|collaborators|branches|statuses|rulesets|rules\/|teams|merges|hooks|installation|codeowners|dispatches|forks)|$))/;

const WEBHOOKS =
  /^(pull-request|issue-comment|check-|merge-group|push$|status$|installation|create$|delete$|issues-|label-|ping$|repository|member|team|organization|branch-protection|github-app-authorization|meta)/;

/** Prose and examples: of use to readers, not to validators. */
const PROSE = new Set(['description', 'summary', 'tags', 'example', 'examples', 'externalDocs', 'x-github']);

const [source] = process.argv.slice(2);
if (!source) {
  console.error('Usage: node scripts/slim-openapi.ts PATH/TO/api.github.com.json');
  process.exit(2);
}
const description = JSON.parse(readFileSync(source, 'utf8')) as JsonObject;
const slim = cut(description, versionOf(source));
const text = JSON.stringify(slim);
writeFileSync(FIXTURE, gzipSync(text, { level: 9 }));
console.log(
  `${Object.keys(slim.paths as JsonObject).length} paths, ${Object.keys(slim['x-webhooks'] as JsonObject).length} webhooks, ${(text.length / 1e6).toFixed(2)} MB of JSON`,
);

function cut(whole: JsonObject, version: string): JsonObject {
  const paths = stripProse(pick(whole.paths as JsonObject, PATHS));
  const webhooks = stripProse(pick(whole['x-webhooks'] as JsonObject, WEBHOOKS));
  return {
    openapi: whole.openapi ?? null,
    info: { title: 'GitHub REST API, cut by scripts/slim-openapi.ts', source: '@octokit/openapi', version },
    paths,
    'x-webhooks': webhooks,
    components: componentsOf([paths, webhooks], whole.components as JsonObject),
  };
}

/** Everything that is referred to from `roots`, directly or not. */
function componentsOf(roots: Json[], components: JsonObject): JsonObject {
  const found: JsonObject = {};
  const queue = roots.flatMap(referencesIn);
  for (let next = queue.pop(); next; next = queue.pop()) {
    const [kind, name] = next;
    found[kind] ??= {};
    const group = found[kind] as JsonObject;
    if (name in group) continue;
    const component = stripProse((components[kind] as JsonObject)[name] ?? null);
    group[name] = component;
    queue.push(...referencesIn(component));
  }
  return found;
}

function referencesIn(value: Json): [string, string][] {
  const references = JSON.stringify(value).matchAll(/"#\/components\/([^/"]+)\/([^/"]+)"/g);
  return [...references].map(([, kind, name]) => [kind as string, name as string]);
}

function pick(object: JsonObject, pattern: RegExp): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => pattern.test(key)));
}

/** Under `properties` a key is a field's name, so a field called `description` stays. */
function stripProse(value: Json, keysAreNames = false): Json {
  if (Array.isArray(value)) return value.map((item) => stripProse(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => keysAreNames || !PROSE.has(key))
      .map(([key, item]) => [key, stripProse(item, key === 'properties' && !keysAreNames)]),
  );
}

function versionOf(file: string): string {
  const manifest = path.join(path.dirname(file), '..', 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
