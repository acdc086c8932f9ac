import type { PullRequest } from './pull-request.ts';

/** Lockfiles by base name: written by package managers, read by nobody. */
const LOCKFILES: ReadonlySet<string> = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'Gemfile.lock',
  'composer.lock',
  'go.sum',
  'go.work.sum',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'Pipfile.lock',
  'pixi.lock',
  'packages.lock.json',
  'project.assets.json',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'mix.lock',
  'pubspec.lock',
  'Podfile.lock',
  'Package.resolved',
  'Cartfile.resolved',
  'flake.lock',
  'conan.lock',
  'rebar.lock',
  'gems.locked',
  'MODULE.bazel.lock',
  '.terraform.lock.hcl',
  'pylock.toml',
  'conda-lock.yml',
  'renv.lock',
  'cabal.project.freeze',
  'stack.yaml.lock',
  'shard.lock',
  'paket.lock',
  'cpanfile.snapshot',
  'dub.selections.json',
  'nimble.lock',
  'luarocks.lock',
  'Brewfile.lock.json',
  'Chart.lock',
  'buf.lock',
  'devbox.lock',
  'vcpkg-lock.json',
]);

/** Manifests by base name: where people name what they depend on. */
const MANIFESTS: ReadonlySet<string> = new Set([
  'package.json',
  'pnpm-workspace.yaml',
  '.yarnrc.yml',
  'deno.json',
  'Cargo.toml',
  'Gemfile',
  'gems.rb',
  'composer.json',
  'go.mod',
  'pyproject.toml',
  'Pipfile',
  'setup.cfg',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'libs.versions.toml',
  'mix.exs',
  'pubspec.yaml',
  'Podfile',
  'Package.swift',
  'Directory.Packages.props',
]);

/** Dependabot and Renovate by GitHub's numeric id, so that nobody becomes one by choosing a name. */
const DEPENDENCY_BOTS: ReadonlySet<number> = new Set([49_699_333, 29_139_614]);

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder a path stands in; `''` for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** True for a lockfile of any package manager we know. */
export function isLockfile(path: string): boolean {
  return LOCKFILES.has(baseName(path));
}

/** True for a file in which dependencies are declared. */
export function isManifest(path: string): boolean {
  const name = baseName(path);
  return MANIFESTS.has(name) || /^requirements.*\.(txt|in)$/.test(name) || /\.(cs|fs|vb)proj$/.test(name);
}

/** True when Dependabot or Renovate changed nothing but manifests and lockfiles. */
export function isDependencyBotUpdate(pullRequest: PullRequest): boolean {
  const { author, files, filesComplete } = pullRequest;
  if (author.kind !== 'bot' || author.id === null || !DEPENDENCY_BOTS.has(author.id)) return false;
  return filesComplete && files.every((file) => isManifest(file.path) || isLockfile(file.path));
}
