import type { Json } from '../../model/review.ts';
import type { Message } from '../define-practice.ts';

/** What a registry's answer, or the lack of a package, gives to say about a declared dependency. */
export const installMessages = {
  'package-absent': {
    level: 'error',
    text: ({ name, ecosystem, answers, secondsApart }) =>
      ecosystem !== 'npm'
        ? `deps.dev, which lists the packages of every registry, does not list "${name}" (${ecosystem}). It lags behind by hours, so the package may only be new; or nobody has ever published one of that name. The author makes sure that the name is right.`
        : `"${name}" was not found on the npm registry (${timesAsked(answers, secondsApart)}). A name that nobody has taken can be registered by anybody, and would then run their code wherever this is installed. The author corrects the name or removes the dependency; if the package is private, a maintainer lists it under "private" in .github/composure.yml.`,
  },
  'package-placeholder': {
    level: 'error',
    text: ({ name }) =>
      `"${name}" is a placeholder on the npm registry: the registry itself holds the name, and there is no package behind it. The author corrects the name or removes the dependency.`,
  },
  'package-unpublished': {
    level: 'error',
    text: ({ name, unpublishedAt }) =>
      `"${name}" was unpublished from the npm registry${unpublishedAt ? ` (${unpublishedAt})` : ''}: the name is known, and no version of it is left to install. The author chooses another package or removes the dependency.`,
  },
  'version-unsatisfiable': {
    level: 'error',
    text: ({ name, ecosystem, wanted, newest, onlyPrereleases, npmInstallsLatest, sibling }) => {
      if (ecosystem !== 'npm') {
        return `deps.dev does not list ${wanted} among the versions of "${name}" (${ecosystem})${newest ? `; the newest is ${newest}` : ''}. It lags behind by hours, so the version may only be new. The author makes sure that it is there.`;
      }
      if (sibling) {
        return `"${name}" is wanted as "${wanted}", and the package of that name in this repository (${sibling}) is ${newest ?? 'without a version'}. Installing it fails. The author asks for the version that is there.`;
      }
      return [
        onlyPrereleases
          ? `Only pre-releases of "${name}" match "${wanted}", and such a range does not include them`
          : `No published version of "${name}" satisfies "${wanted}"`,
        newest ? `; the newest is ${newest}. ` : '. ',
        npmInstallsLatest
          ? 'npm installs that one all the same, other package managers do not. The author names the version that is meant.'
          : 'Installing it fails. The author asks for a version that is published.',
      ].join('');
    },
  },
  'tag-absent': {
    level: 'error',
    text: ({ name, wanted, tags }) =>
      `"${wanted}" is no version, and "${name}" has no tag of that name${listOf(' (it has ', tags, ')')}. Installing it fails. The author names a version, a range or a tag that is there.`,
  },
  'spec-invalid': {
    level: 'error',
    text: ({ name, spec, cause }) =>
      `"${spec}" is nothing that can be installed as "${name}": ${cause}. The author writes a version, a range, a tag or the place it comes from.`,
  },
  'name-invalid': {
    level: 'error',
    text: ({ name, cause }) =>
      `"${name}" can not be the name of a package: ${cause}. The author corrects the name or removes the dependency.`,
  },
} satisfies Record<string, Message>;

/** "404 twice, 30 s apart". */
export function timesAsked(answers: Json | undefined, secondsApart: Json | undefined): string {
  const statuses = (answers as readonly { status: number }[]).map(({ status }) => status);
  const same = statuses.every((status) => status === statuses[0]);
  const counted = same && statuses.length === 2 ? `${statuses[0]} twice` : statuses.join(', ');
  return secondsApart ? `${counted}, ${secondsApart} s apart` : counted;
}

function listOf(before: string, names: Json | undefined, after: string): string {
  const list = names as readonly string[];
  return list.length === 0 ? '' : `${before}${list.join(', ')}${after}`;
}
