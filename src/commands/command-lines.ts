import { baseName } from '../model/package-files.ts';
import type { ChangedFile } from '../model/pull-request.ts';

/** One line that the change adds. */
export interface AddedLine {
  /** At head, from 1. */
  line: number;
  text: string;
}

const SCRIPTS = /\.(?:sh|bash|zsh|fish|ps1|bat|cmd|mk|just|nix)$/i;
const DOCUMENTS = /\.(?:md|mdx|markdown|mdc|rst|adoc|txt)$/i;
const WORKFLOWS =
  /(?:^|\/)(?:\.github|\.gitlab|\.circleci|\.buildkite|\.azure[\w-]*|\.forgejo|\.gitea)\/.*\.ya?ml$|(?:^|\/)(?:\.gitlab-ci|azure-pipelines|bitbucket-pipelines|\.travis|appveyor|cloudbuild|buildspec|docker-compose|compose|action|Taskfile|lefthook|render|netlify|vercel)[\w.-]*\.(?:ya?ml|toml|json)$/i;
const NAMES =
  /^(?:Dockerfile|Containerfile|Makefile|GNUmakefile|Justfile|Procfile|Vagrantfile|Jenkinsfile|Brewfile|Earthfile|AGENTS|CLAUDE|GEMINI|SKILL|README|CONTRIBUTING|\.cursorrules|\.windsurfrules|\.clinerules|\.goosehints|\.roorules|\.envrc|devcontainer\.json|\.mcp\.json|mcp\.json|netlify\.toml|vercel\.json)(?:[.-][\w.-]*)?$/i;
const HOOKS =
  /(?:^|\/)(?:\.husky|\.githooks|\.devcontainer|\.cursor|\.windsurf|\.clinerules|\.claude|\.vscode|bin|scripts?)\/[^/]*(?:\/[^/.]*)?$/i;

/** Whether people or machines run what stands in a file, or are told to. */
export function holdsCommands(path: string): boolean {
  const name = baseName(path);
  if (name === 'package.json') return true;
  return (
    SCRIPTS.test(name) ||
    DOCUMENTS.test(name) ||
    NAMES.test(name) ||
    WORKFLOWS.test(path) ||
    (HOOKS.test(path) && !/\.[cm]?[jt]sx?$/.test(name)) ||
    /dockerfile/i.test(name)
  );
}

/** Changelogs tell of what was; nobody runs it. */
export function isHistory(path: string): boolean {
  return (
    /^(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES?)(?:[.-].*)?$/i.test(baseName(path)) ||
    /(?:^|\/)\.changeset\//.test(path)
  );
}

/** The lines a change adds to a file; a command that goes on behind a backslash is one line, at its first. */
export function addedLines(file: ChangedFile): AddedLine[] {
  const lines: AddedLine[] = [];
  for (const hunk of file.hunks) {
    let at = hunk.newStart;
    let open: AddedLine | null = null;
    for (const line of hunk.lines) {
      if (line.startsWith('-') || line.startsWith('\\')) continue;
      const text = line.slice(1);
      const continues = /\\\s*$/.test(text);
      const plain = text.replace(/\\\s*$/, ' ');
      if (open) {
        open.text += plain;
        if (!continues) open = null;
      } else if (line.startsWith('+')) {
        const added = { line: at, text: plain };
        lines.push(added);
        if (continues) open = added;
      }
      at++;
    }
  }
  return lines;
}

/** A stretch of a line that may hold a command, and whether it is language that people read. */
export interface Stretch {
  text: string;
  prose: boolean;
}

const MANAGER_FIRST =
  /^\s*(?:[-*+]\s+|\d+[.)]\s+|>\s+)*(?:[$#%>]\s+)?(?:sudo\s+|RUN\s+|run:\s*)?(?:npm|npx|pnpm|pnpx|yarn|bunx?|cnpm)\s/;

/** Takes a line apart: code in backticks, a line that is a command, and language with a command in it. */
export function stretchesOf(path: string, text: string): Stretch[] {
  const isComment = /^\s*(?:#|\/\/|<!--|::|rem\s)/i.test(text);
  if (!isDocument(path)) {
    // What a step of a workflow is called is not what it runs.
    if (/^\s*-?\s*(?:name|description|title|summary):/.test(text)) return [];
    return [{ text, prose: isComment }];
  }
  const parts = text.split('`');
  const outside = parts.filter((_, index) => index % 2 === 0).join(' ` ');
  const inside = parts.filter((_, index) => index % 2 === 1);
  return [
    ...inside.map((one) => ({ text: one, prose: false })),
    { text: outside, prose: !MANAGER_FIRST.test(outside) },
  ];
}

function isDocument(path: string): boolean {
  const name = baseName(path);
  return (
    DOCUMENTS.test(name) ||
    /rules/i.test(path) ||
    /^(?:AGENTS|CLAUDE|GEMINI|SKILL|README|CONTRIBUTING)(?:\.|$)/i.test(name)
  );
}
