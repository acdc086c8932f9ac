import type { Message } from '../define-practice.ts';

/** What manifests and settings have wrong on their face. */
export const manifestMessages = {
  'manifest-unreadable': {
    level: 'error',
    text: ({ manifest, cause, harmless }) =>
      harmless
        ? `${manifest}: ${cause}. The author removes what is not meant.`
        : `${manifest} could not be understood: ${cause}. Until it is mended, nothing can be installed from it and none of its dependencies can be verified. The author mends the file.`,
  },
  'workspace-missing': {
    level: 'error',
    text: ({ name, spec }) =>
      `"${name}" is wanted from this workspace ("${spec}"), and no package of the workspace has that name. Installing it fails. The author corrects the name, or adds the package and the glob that reaches its folder.`,
  },
  'catalog-missing': {
    level: 'error',
    text: ({ name, spec, catalog, file }) =>
      `"${name}" takes its version from ${catalog === '' ? 'the default catalog' : `the catalog "${catalog}"`} ("${spec}"), and ${file === null ? 'no file of the workspace has a catalog' : `${file} has no entry of that name there`}. Installing it fails. The author adds the entry to the catalog or writes the version itself.`,
  },
  'path-missing': {
    level: 'error',
    text: ({ name, spec, target, outside }) =>
      outside
        ? `"${name}" is taken from "${spec}", which leads out of the repository: what is installed then depends on whose machine it is. The author keeps the package inside the repository, or publishes it.`
        : `"${name}" is taken from "${spec}", and there is no ${target} at the head of this pull request. Installing it fails. The author adds what is missing or corrects the path.`,
  },
  'builtin-shadowed': {
    level: 'warning',
    text: ({ name }) =>
      `"${name}" is a module that Node.js brings itself. A package of that name on a registry is not that module; where code runs on Node.js, it is never loaded. The author removes the dependency, or, where a browser build needs a stand-in, names that stand-in.`,
  },
  'alias-mismatch': {
    level: 'warning',
    text: ({ name, target }) =>
      `"${name}" is installed from another package, "${target}". Whoever reads "${name}" in the code will take it for the package of that name. A reviewer makes sure that this is meant; the author can choose an alias that belongs to nobody.`,
  },
  'bypasses-registry': {
    level: 'warning',
    text: ({ name, spec, pinnedBy, plainHttp }) =>
      `"${name}" is not taken from a registry but from ${spec}${pinnedBy === 'nothing' ? ', and nothing pins what that will be tomorrow' : pinnedBy === 'tag' ? ', pinned by a tag, which can be moved' : ''}${plainHttp ? '. The address is not encrypted, so anyone on the way can put something else in its place' : ''}. What a registry guarantees (that a version never changes, that a bad one is taken down) does not hold for it. The author takes a published version${pinnedBy === 'commit' ? '' : ', or pins the full commit'}.`,
  },
  'registry-config-changed': {
    level: 'warning',
    text: ({ file, what }) =>
      `${file} changes where packages come from: ${what}. Whoever decides that decides what code is installed, and to whom tokens are shown. A maintainer who knows the registries makes sure that this is meant; this pull request was judged by the settings of the base branch.`,
  },
} satisfies Record<string, Message>;
