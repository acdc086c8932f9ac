import type { Line } from '../lines.ts';
import type { Place } from '../places.ts';
import { find, type Kind, type Said } from './kind.ts';

/** Files that decide what runs, where, and what an operator sets. */
export const INFRASTRUCTURE: readonly Kind[] = [
  {
    is: ({ name }) => /\.(?:tf|tofu)(?:\.json)?$/.test(name),
    says: ({ edits, first, isWhole }) => {
      const block = find(edits, /^\s*"?(?:resource|module|provider|backend)"?\s*["{:]/);
      const because = 'the infrastructure (Terraform)';
      return block || isWhole ? { trigger: 'infrastructure-terraform', because, line: block ?? first } : detail(first);
    },
  },
  {
    is: isDeployment,
    says: ({ file, edits, first, isNew }) => {
      const comesOrGoes = isNew || file.status === 'removed';
      const line = comesOrGoes ? first : find(edits, /^kind:\s*\S/);
      const because = 'how the product is deployed (Kubernetes or Helm)';
      return comesOrGoes || line ? { trigger: 'infrastructure-kubernetes', because, line } : detail(first);
    },
  },
  {
    is: isContainer,
    says: ({ place, added, removed, first, isNew }) => {
      const image = isCompose(place) && !find(removed, IMAGE) ? find(added, IMAGE) : undefined;
      const because = 'a new container or composition of containers';
      if (isNew) return { trigger: 'infrastructure-container', because, line: first };
      return image ? { trigger: 'infrastructure-container', because, line: image } : detail(first);
    },
  },
  {
    is: isSettings,
    says: ({ added, removed, isNew }) => {
      const before = new Set(removed.map(keyOf));
      const key = isNew ? undefined : added.find((line) => keyOf(line) !== null && !before.has(keyOf(line)));
      const because = 'what an operator must set for the product to run';
      return key ? { trigger: 'configuration', because, line: key } : null;
    },
  },
];

/** A service of another image; one in the place of another is a newer version of it. */
const IMAGE = /^\s+(?:-\s+)?image\s*:\s*\S/;

function detail(line: Line | undefined): Said | null {
  return line ? { trigger: 'infrastructure-detail', because: 'a setting of the infrastructure', line } : null;
}

function isDeployment({ name, folders }: Place): boolean {
  if (/^chart\.ya?ml$|^kustomization\.ya?ml$/.test(name)) return true;
  if (!/\.(?:ya?ml|tpl)$/.test(name)) return false;
  if (folders.includes('k8s') || folders.includes('kubernetes')) return true;
  const chart = folders.findIndex((folder) => ['helm', 'chart', 'charts'].includes(folder));
  return chart >= 0 && folders.includes('templates', chart + 1);
}

function isContainer(place: Place): boolean {
  const { name } = place;
  if (name.endsWith('.dockerignore') || isForDevelopers(name)) return false;
  return /^(?:dockerfile|containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/.test(name) || isCompose(place);
}

function isCompose({ name }: Place): boolean {
  return /^(?:docker-)?compose(?:\..+)?\.ya?ml$/.test(name);
}

function isForDevelopers(name: string): boolean {
  return name
    .split(/[.-]/)
    .some((part) => ['dev', 'development', 'test', 'tests', 'ci', 'local', 'override'].includes(part));
}

function isSettings({ name }: Place): boolean {
  return /^(?:application[\w.-]*\.(?:ya?ml|properties)|appsettings[\w.]*\.json|values\.ya?ml|\.env(?:\.(?:example|sample|template|dist))?)$/.test(
    name,
  );
}

/** `orders.url: …`, `"Orders": …`, `ORDERS_URL=…`: what is set. */
function keyOf({ text }: Line): string | null {
  return /^\s*["']?([\w.-]+)["']?\s*[:=]/.exec(text)?.[1] ?? null;
}
