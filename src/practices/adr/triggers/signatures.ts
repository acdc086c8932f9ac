import { baseName } from '../../../model/package-files.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { ChangedSource } from './lines.ts';
import type { Language } from './places.ts';
import type { Signal } from './signal.ts';

/** A function that other files can call; the first group, or the second, is its name. */
const FUNCTION: Partial<Record<Language, RegExp>> = {
  script:
    /^\s*export\s+(?:default\s+)?(?:async\s+)?(?:function\*?\s+(\w+)\s*[(<]|const\s+(\w+)\s*(?::[^=]+)?=\s*(?:async\s*)?(?:\(|function\b))/,
  java: /^\s+(?:public|protected)\s+(?:[\w<>[\],.?]+\s+)+(\w+)\s*\(/,
  csharp: /^\s+(?:public|protected)\s+(?:[\w<>[\],.?]+\s+)+(\w+)(?:<[^>]*>)?\s*\(/,
  go: /^func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)\s*[([]/,
  python: /^(?:async\s+)?def\s+([a-z]\w*)\s*\(/,
  rust: /^\s*pub\s+(?:async\s+)?fn\s+(\w+)/,
};

/** Longer lists of parameters are read up to here. */
const MAX_LINES = 25;
const MAX_LINE = 300;

/** Functions of a file that are there before and after with other parameters or another result. */
export function findSignatures({ file, language }: ChangedSource): Signal[] {
  const pattern = language && FUNCTION[language];
  if (!pattern || file.status === 'added' || file.status === 'removed') return [];
  const before = signaturesIn(file, '-', pattern);
  if (before.size === 0) return [];
  const after = signaturesIn(file, '+', pattern);
  return [...after].flatMap(([name, now]): Signal[] => {
    const old = before.get(name);
    // One more of the same name takes nothing from those who call the others.
    if (!old || [...old.keys()].every((text) => now.has(text))) return [];
    const fresh = [...now].find(([text]) => !old.has(text));
    if (!fresh) return [];
    const because = `what callers of ${name} in ${baseName(file.path)} rely on`;
    return [{ trigger: 'signature-changed', because, path: file.path, line: fresh[1] }];
  });
}

/** The name of each function that shows in the patch → its signatures on one side, with the lines they begin at. */
function signaturesIn({ hunks }: ChangedFile, side: '-' | '+', pattern: RegExp): Map<string, Map<string, number>> {
  const found = new Map<string, Map<string, number>>();
  for (const hunk of hunks) {
    const start = side === '+' ? hunk.newStart : hunk.oldStart;
    const shown = hunk.lines.filter((text) => text.startsWith(' ') || text.startsWith(side));
    const lines = shown.map((text) => text.slice(1, MAX_LINE));
    for (let index = 0; index < lines.length; index++) {
      const match = pattern.exec(lines[index]!);
      const name = match?.[1] ?? match?.[2];
      if (name === undefined || isComponent(name, pattern)) continue;
      const signature = signatureAt(lines, index);
      if (signature === null) continue;
      found.set(name, (found.get(name) ?? new Map<string, number>()).set(signature, start + index));
    }
  }
  return found;
}

/** What a component shows is passed to it by whoever lays out the page: a detail of both. */
function isComponent(name: string, pattern: RegExp): boolean {
  return pattern === FUNCTION.script && /^[A-Z]/.test(name);
}

/** From the name to the body, blanks evened out; `null` where the patch ends before the parameters do. */
function signatureAt(lines: readonly string[], from: number): string | null {
  let depth = 0;
  let text = '';
  for (const line of lines.slice(from, from + MAX_LINES)) {
    for (const [index, letter] of [...line].entries()) {
      depth += letter === '(' ? 1 : letter === ')' ? -1 : 0;
      if (letter !== ')' || depth > 0) continue;
      const result = line.slice(index + 1).replace(/(?:\{|=|;).*$|:\s*$/, '');
      return evened(`${text}${line.slice(0, index + 1)}${result}`);
    }
    text += `${line} `;
  }
  return null;
}

function evened(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/,? \)/g, ')').replace(/\( /g, '(').trim();
}
