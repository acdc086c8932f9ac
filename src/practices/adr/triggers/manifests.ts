import { parse as parseJson } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { baseName } from '../../../model/package-files.ts';

/** A package ecosystem, as the table of weighty packages names it. */
export type Ecosystem = 'npm' | 'pypi' | 'maven' | 'nuget' | 'go' | 'gem' | 'cargo';

/** What a manifest says a product needs at run time. */
export interface ManifestFacts {
  ecosystem: Ecosystem;
  /** Names in lower case as their ecosystem compares them; development and test dependencies left out. */
  runtime: ReadonlySet<string>;
  /** What bundles, compiles or orchestrates the build. */
  tools: ReadonlySet<string>;
  /** Name of a language, engine or base framework → its major version. */
  engines: ReadonlyMap<string, number>;
}

/** Larger manifests are read up to here. */
const MAX_LENGTH = 1_000_000;

/** The ecosystem of a manifest; `null` where the file is none that we read. Requirements for tests and tools are none. */
export function ecosystemOf(path: string): Ecosystem | null {
  const name = baseName(path).toLowerCase();
  if (name === 'package.json') return 'npm';
  if (name === 'pyproject.toml' || name === 'pipfile' || name === 'setup.py' || name === 'setup.cfg') return 'pypi';
  if (/^requirements.*\.(?:txt|in)$/.test(name) || /(?:^|\/)requirements\/[^/]+\.(?:txt|in)$/i.test(path)) {
    return /(?:dev|test|doc|ci|quality|lint|tools?|constraint|private|pip|all)/.test(name.replace(/^requirements/, ''))
      ? null
      : 'pypi';
  }
  if (name === 'pom.xml' || name === 'libs.versions.toml' || /^build\.gradle(?:\.kts)?$/.test(name)) return 'maven';
  if (/\.(?:cs|fs|vb)proj$/.test(name)) return 'nuget';
  if (name === 'go.mod') return 'go';
  if (name === 'gemfile' || name.endsWith('.gemspec')) return 'gem';
  return name === 'cargo.toml' ? 'cargo' : null;
}

/** Reads a manifest. What cannot be understood has nothing in it; the practice about dependencies says so. Never throws. */
export function readManifest(path: string, text: string): ManifestFacts {
  const ecosystem = ecosystemOf(path) ?? 'npm';
  const runtime = new Set<string>();
  const tools = new Set<string>();
  const engines = new Map<string, number>();
  const reader = readerFor(baseName(path).toLowerCase());
  reader(text.slice(0, MAX_LENGTH), { runtime, tools, engines });
  return { ecosystem, runtime: new Set([...runtime].map((name) => normalize(name, ecosystem))), tools, engines };
}

/** Names that an ecosystem takes for the same are the same here. */
export function normalize(name: string, ecosystem: Ecosystem): string {
  const lower = name.trim().toLowerCase();
  return ecosystem === 'pypi' ? lower.replace(/\[.*$/, '').replace(/[-_.]+/g, '-') : lower;
}

interface Into {
  runtime: Set<string>;
  tools: Set<string>;
  engines: Map<string, number>;
}
type Reader = (text: string, into: Into) => void;

function readerFor(name: string): Reader {
  if (name === 'package.json') return readPackageJson;
  if (name === 'pyproject.toml' || name === 'pipfile') return readPython;
  if (name === 'setup.py' || name === 'setup.cfg' || name.endsWith('.in') || name.endsWith('.txt'))
    return readRequirements;
  if (name === 'pom.xml') return readPom;
  if (name === 'libs.versions.toml') return readCatalogue;
  if (name.startsWith('build.gradle')) return readGradle;
  if (name.endsWith('proj')) return readProject;
  if (name === 'go.mod') return readGoMod;
  return name === 'cargo.toml' ? readCargo : readGemfile;
}

const BUILD_TOOL =
  /^(?:vite|webpack|rollup|rolldown|esbuild|parcel|rspack|@rspack\/core|@swc\/core|turbo|nx|lerna|tsup|gulp|grunt|@babel\/core|react-scripts|shakapacker|browserify|snowpack)$/;

function readPackageJson(text: string, { runtime, tools, engines }: Into): void {
  const manifest = asObject(parseJson(text));
  for (const name of Object.keys(asObject(manifest.dependencies))) runtime.add(name);
  for (const name of Object.keys(asObject(manifest.peerDependencies))) runtime.add(name);
  for (const name of [...runtime, ...Object.keys(asObject(manifest.devDependencies))]) {
    if (BUILD_TOOL.test(name)) tools.add(name);
  }
  setMajor(engines, 'Node.js', asObject(manifest.engines).node);
}

function readPython(text: string, { runtime, engines }: Into): void {
  const manifest = toml(text);
  const project = asObject(manifest.project);
  for (const one of Array.isArray(project.dependencies) ? project.dependencies : [])
    addRequirement(runtime, String(one));
  const poetry = asObject(asObject(asObject(manifest.tool).poetry).dependencies);
  for (const name of [...Object.keys(poetry), ...Object.keys(asObject(manifest.packages))]) {
    if (name !== 'python') runtime.add(name);
  }
  setMinor(engines, 'Python', project['requires-python'] ?? poetry.python);
}

/** Tools write these: what a person asked for stands in the file they were made from. */
const COMPILED = /^#.*\b(?:pip-compile|uv pip compile)\b|^\s+# via\b/m;

function readRequirements(text: string, { runtime }: Into): void {
  if (COMPILED.test(text)) return;
  for (const line of text.split('\n')) {
    if (/^\s*(?:#|-)/.test(line)) continue;
    addRequirement(runtime, line.replace(/^\s*['"]/, ''));
  }
}

function addRequirement(runtime: Set<string>, text: string): void {
  const name = /^\s*([A-Za-z][\w.-]*)\s*(?:\[[\w, .-]*\])?\s*(?:[=<>~!;@#,'"].*|)$/.exec(text.slice(0, 300))?.[1];
  if (name) runtime.add(name);
}

function readPom(text: string, { runtime, engines }: Into): void {
  for (const [, block = ''] of text.matchAll(/<dependency>([\s\S]{0,2000}?)<\/dependency>/g)) {
    const group = /<groupId>([^<]+)</.exec(block)?.[1];
    const artifact = /<artifactId>([^<]+)</.exec(block)?.[1];
    if (artifact && !/<scope>\s*(?:test|provided|import)\s*</.test(block))
      runtime.add(`${group?.trim() ?? ''}:${artifact.trim()}`);
  }
  setMajor(engines, 'Java', /<(?:java\.version|maven\.compiler\.(?:release|target))>([^<]+)</.exec(text)?.[1]);
  const parent =
    /<parent>[\s\S]{0,1000}?<artifactId>\s*spring-boot-starter-parent\s*<[\s\S]{0,300}?<version>([^<]+)</.exec(
      text,
    )?.[1];
  setMajor(engines, 'Spring Boot', parent);
}

function readCatalogue(text: string, { runtime, engines }: Into): void {
  const manifest = toml(text);
  for (const [alias, entry] of Object.entries(asObject(manifest.libraries))) {
    const { module, group, name } = asObject(entry);
    const coordinate = typeof module === 'string' ? module : group && name ? `${group}:${name}` : String(entry);
    if (!/test|junit|mock/i.test(alias)) runtime.add(coordinate.split(':').slice(0, 2).join(':'));
  }
  const versions = asObject(manifest.versions);
  setMajor(engines, 'Java', versions.java ?? versions.jdk);
  setMajor(engines, 'Kotlin', versions.kotlin);
}

function readGradle(text: string, { runtime, engines }: Into): void {
  for (const match of text.matchAll(
    /^\s*(?:implementation|api|runtimeOnly|compile|runtime|kapt|ksp)\b\s*\(?\s*(?:platform\s*\(\s*)?['"]([\w.-]+:[\w.-]+)[:'"]/gm,
  )) {
    runtime.add(match[1] ?? '');
  }
  setMajor(
    engines,
    'Java',
    /(?:JavaVersion\.VERSION_|JavaLanguageVersion\.of\(|jvmToolchain\()\s*(\d+)/.exec(text)?.[1],
  );
  setMajor(engines, 'Spring Boot', /org\.springframework\.boot['"]\s*\)?\s*version\s*\(?['"](\d+)/.exec(text)?.[1]);
}

function readProject(text: string, { runtime, engines }: Into): void {
  for (const match of text.matchAll(/<PackageReference\s+[^>]*?Include="([^"]+)"/g)) runtime.add(match[1] ?? '');
  setMajor(engines, '.NET', /<TargetFramework>\s*net(?:coreapp)?(\d+)/.exec(text)?.[1]);
}

function readGoMod(text: string, { runtime }: Into): void {
  for (const line of text.split('\n')) {
    const name = /^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/\S+)\s+v\d/.exec(line.slice(0, 300))?.[1];
    if (name && !line.includes('// indirect')) runtime.add(name.replace(/\/v\d+$/, ''));
  }
}

function readGemfile(text: string, { runtime, engines }: Into): void {
  let skipping = 0;
  for (const line of text.split('\n')) {
    if (/^\s*group\b.*:(?:development|test)\b.*\bdo\b/.test(line) && !/:production/.test(line)) skipping++;
    else if (skipping > 0 && /^\s*end\b/.test(line)) skipping--;
    const name = /^\s*(?:gem|\w+\.add(?:_runtime)?_dependency)\s*\(?\s*['"]([\w-]+)['"]/.exec(line)?.[1];
    if (name && skipping === 0 && !/groups?:\s*\[?\s*:(?:development|test)/.test(line)) runtime.add(name);
    setMinor(engines, 'Ruby', /^\s*ruby\s+['"]([^'"]+)/.exec(line)?.[1]);
    if (name === 'rails') setMajor(engines, 'Rails', /['"]rails['"]\s*,\s*['"]([^'"]+)/.exec(line)?.[1]);
  }
}

function readCargo(text: string, { runtime }: Into): void {
  const manifest = toml(text);
  for (const name of Object.keys(asObject(manifest.dependencies))) runtime.add(name);
}

function toml(text: string): Record<string, unknown> {
  try {
    return parseToml(text);
  } catch {
    // The author's to mend, and said elsewhere; here it names nothing.
    return {};
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function setMajor(engines: Map<string, number>, name: string, version: unknown): void {
  const digits = /\d+/.exec(String(version ?? ''))?.[0];
  if (digits !== undefined) engines.set(name, Number(digits));
}

/** Python and Ruby break things in what they call a minor version: 3.9 → 3.12 counts as 309 → 312. */
function setMinor(engines: Map<string, number>, name: string, version: unknown): void {
  const match = /(\d+)\.(\d+)/.exec(String(version ?? ''));
  if (match) engines.set(name, Number(match[1]) * 100 + Number(match[2]));
}
