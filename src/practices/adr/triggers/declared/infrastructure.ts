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
      const image = isCompose(place) ? newImage(added, removed) : undefined;
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

/** What runs, or lets in, or keeps something, in a file of whatever name: so of those that no other kind knows. */
export const WORKLOAD: Kind = {
  is: ({ name }) => /\.ya?ml$/.test(name),
  says: ({ file, edits, isNew }) => {
    if (!isNew && file.status !== 'removed') return null;
    const line = find(edits, /^apiVersion:\s*\S/) && find(edits, WORKLOAD_KIND);
    const because = 'how the product is deployed (Kubernetes)';
    return line ? { trigger: 'infrastructure-kubernetes', because, line } : null;
  },
};

const WORKLOAD_KIND =
  /^kind:\s*(?:Deployment|StatefulSet|DaemonSet|Job|CronJob|Service|Ingress|Gateway|HTTPRoute|PersistentVolumeClaim|NetworkPolicy)\s*$/;

/** A service that none made place for: of images that come and go one for one, each may be the other by another name. */
function newImage(added: readonly Line[], removed: readonly Line[]): Line | undefined {
  const come = imagesOn(added);
  const gone = imagesOn(removed);
  const fresh = [...come].filter(([name]) => !gone.has(name));
  const lost = [...gone.keys()].filter((name) => !come.has(name));
  return fresh.length > lost.length ? fresh[0]?.[1] : undefined;
}

/** Each image's own name, without registry, owner and version, and a line it stands on. */
function imagesOn(lines: readonly Line[]): Map<string, Line> {
  const found = new Map<string, Line>();
  for (const line of lines) {
    const reference = /^\s+(?:-\s+)?image\s*:\s*["']?([^\s"'#]+)/.exec(line.text)?.[1];
    const name = reference?.split('/').at(-1)?.split(/[:@]/)[0];
    if (name) found.set(name, line);
  }
  return found;
}

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
