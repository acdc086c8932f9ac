import type { Place } from '../places.ts';
import { find, type Kind } from './kind.ts';

/** Files that make a package, and decide how it is built and loaded. */
export const PACKAGES: readonly Kind[] = [
  {
    is: isPackageManifest,
    says: ({ place, edits, first, isNew }) => {
      if (isNew) {
        const isWebsite = place.folders.includes('website');
        return isWebsite ? null : { trigger: 'new-package', because: 'a new package or service', line: first };
      }
      const face = place.name === 'package.json' ? find(edits, FACE) : undefined;
      return face ? { trigger: 'package-face', because: 'how others load the package', line: face } : null;
    },
  },
  {
    is: isBuildConfiguration,
    says: ({ file, first, isNew }) =>
      isNew || file.status === 'removed'
        ? { trigger: 'build-system', because: 'how the product is built', line: first }
        : null,
  },
];

const FACE = /^\s{0,4}"(?:type|exports|main|module|bin|workspaces)"\s*:/;

function isPackageManifest({ name }: Place): boolean {
  return (
    /^(?:package\.json|pom\.xml|go\.mod|cargo\.toml|pyproject\.toml|setup\.py|build\.gradle(?:\.kts)?|mix\.exs|composer\.json)$/.test(
      name,
    ) || /\.(?:csproj|fsproj|gemspec)$/.test(name)
  );
}

/** The bundler's whole name: `vitest.config.ts` configures tests, and `parcels.ts` is about parcels. */
function isBuildConfiguration({ name }: Place): boolean {
  return /^(?:webpack|vite|rollup|esbuild|next|nuxt|rspack|parcel|metro|babel)(?:\.[\w.-]+|-[\w.-]*\.conf(?:ig)?)(?<!\.d)\.(?:[cm]?[jt]s|json)$|^makefile$|^buildspec\.ya?ml$/.test(
    name,
  );
}
