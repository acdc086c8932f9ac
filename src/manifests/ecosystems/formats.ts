import type { Ecosystem } from '../../model/package-facts.ts';
import { readCargo } from './cargo.ts';
import { readComposer } from './composer.ts';
import type { EcosystemResult } from './declared-package.ts';
import { readProject } from './dotnet.ts';
import { readGemfile } from './gemfile.ts';
import { readGoMod } from './go-mod.ts';
import { readPom } from './maven.ts';
import { readPyproject, readRequirements } from './python.ts';

/** One kind of manifest. */
export interface EcosystemFormat {
  ecosystem: Exclude<Ecosystem, 'npm'>;
  /** By the last part of a path. */
  matches(fileName: string): boolean;
  read(text: string): EcosystemResult;
  /** Files of the base branch that may name another registry for the whole repository, from its root. */
  settings: readonly string[];
  /** Whether what such a file holds names one. */
  namesRegistry(settings: string): boolean;
}

const PYTHON_SETTINGS = ['pip.conf', 'pip.ini', 'uv.toml', '.pip/pip.conf'];

const namesIndex = (text: string) => /^\s*(?:extra-)?(?:index|find)[-_]?(?:url|links)?\s*=|\[\[index\]\]/m.test(text);

const FORMATS: readonly EcosystemFormat[] = [
  {
    ecosystem: 'pypi',
    matches: (name) => /^(?:requirements|constraints)[\w.-]*\.(?:txt|in)$/.test(name),
    read: readRequirements,
    settings: PYTHON_SETTINGS,
    namesRegistry: namesIndex,
  },
  {
    ecosystem: 'pypi',
    matches: (name) => name === 'pyproject.toml',
    read: readPyproject,
    settings: PYTHON_SETTINGS,
    namesRegistry: namesIndex,
  },
  {
    ecosystem: 'cargo',
    matches: (name) => name === 'Cargo.toml',
    read: readCargo,
    settings: ['.cargo/config.toml', '.cargo/config'],
    namesRegistry: (text) => /\bregistr(?:y|ies)\b|\breplace-with\b|\[source/.test(text),
  },
  {
    ecosystem: 'golang',
    matches: (name) => name === 'go.mod',
    read: readGoMod,
    settings: [],
    namesRegistry: () => false,
  },
  {
    ecosystem: 'gem',
    matches: (name) => name === 'Gemfile' || name === 'gems.rb',
    read: readGemfile,
    settings: ['.bundle/config'],
    namesRegistry: (text) => /MIRROR|BUNDLE_[A-Z_]*SOURCE/.test(text),
  },
  {
    ecosystem: 'maven',
    matches: (name) => name === 'pom.xml',
    read: readPom,
    settings: ['.mvn/settings.xml', 'settings.xml'],
    namesRegistry: (text) => /<(?:mirror|repository)>/.test(text),
  },
  {
    ecosystem: 'nuget',
    matches: (name) => /\.(?:cs|fs|vb)proj$/.test(name) || name === 'Directory.Packages.props',
    read: readProject,
    settings: ['nuget.config', 'NuGet.config', 'NuGet.Config', 'NuGet.CONFIG'],
    namesRegistry: (text) => /<packageSources>/i.test(text),
  },
  {
    ecosystem: 'composer',
    matches: (name) => name === 'composer.json',
    read: readComposer,
    settings: ['auth.json'],
    namesRegistry: () => true,
  },
];

/** Every manifest of another ecosystem that we read, by its name. */
export const ECOSYSTEM_FORMATS: readonly EcosystemFormat[] = FORMATS.map((format) => ({
  ...format,
  read: (text) => withNames(format.read(text)),
}));

/** An empty name is valid in most of these languages and in none of the ecosystems: there is nothing to ask about. */
function withNames(result: EcosystemResult): EcosystemResult {
  return result.ok ? { ...result, packages: result.packages.filter(({ name }) => name !== '') } : result;
}
