import { baseName } from '../../model/package-files.ts';

/** How a language writes comments, as far as whole lines of them go. */
interface CommentSyntax {
  /** What begins a comment that ends with its line. */
  line: readonly string[];
  /** What begins and ends a comment of several lines. */
  block?: readonly [open: string, close: string];
}

const C_LIKE: CommentSyntax = { line: ['//'], block: ['/*', '*/'] };
const HASH: CommentSyntax = { line: ['#'] };
const MARKUP: CommentSyntax = { line: [], block: ['<!--', '-->'] };
const DASHES: CommentSyntax = { line: ['--'], block: ['/*', '*/'] };
const LISP: CommentSyntax = { line: [';'] };

/** By the ending of the name, in lower case. What is not here has no comments to us: all of it is read in full. */
const BY_ENDING: ReadonlyMap<string, CommentSyntax> = new Map(
  Object.entries<[CommentSyntax, string]>({
    cLike: [
      C_LIKE,
      'ts tsx mts cts js jsx mjs cjs java kt kts scala groovy gradle c h cc cpp cxx hpp hh m mm cs go rs swift dart ' +
        'proto jsonc json5 scss less styl zig v sv sol glsl hlsl wgsl cu d vala as hx prisma',
    ],
    css: [{ line: [], block: ['/*', '*/'] }, 'css pcss'],
    php: [{ line: ['//', '#'], block: ['/*', '*/'] }, 'php'],
    hash: [
      HASH,
      'py pyi rb rake gemspec sh bash zsh fish pl pm r jl yml yaml toml ini conf cfg mk cmake tf tfvars hcl ex exs cr ' +
        'nim nix properties ps1 coffee graphql gql dockerfile makefile gitignore bzl bazel star',
    ],
    markup: [MARKUP, 'html htm xml xhtml vue svelte astro xaml csproj fsproj vbproj props targets'],
    sql: [DASHES, 'sql ddl'],
    haskell: [{ line: ['--'], block: ['{-', '-}'] }, 'hs elm purs'],
    lua: [{ line: ['--'], block: ['--[[', ']]'] }, 'lua'],
    lisp: [LISP, 'clj cljs cljc edn el lisp scm rkt'],
    percent: [{ line: ['%'] }, 'erl hrl tex sty'],
    ml: [{ line: [], block: ['(*', '*)'] }, 'ml mli'],
    fsharp: [{ line: ['//'], block: ['(*', '*)'] }, 'fs fsi fsx'],
    basic: [{ line: ["'"] }, 'vb bas'],
    templates: [{ line: [], block: ['{{!--', '--}}'] }, 'hbs handlebars'],
  }).flatMap(([, [syntax, endings]]) => endings.split(' ').map((ending) => [ending, syntax] as const)),
);

/** The comment syntax of a file, by its name; `null` where we know none. */
export function commentSyntaxOf(path: string): CommentSyntax | null {
  const name = baseName(path).toLowerCase();
  return BY_ENDING.get(name.slice(name.lastIndexOf('.') + 1)) ?? null;
}

/**
 * Tells, line by line down one side of a hunk, whether a line is nothing but comment. A line of code with a remark
 * behind it is code; so is anything in doubt, because what counts as comment is discounted.
 */
export class CommentReader {
  readonly #syntax: CommentSyntax | null;
  #inBlock = false;

  constructor(syntax: CommentSyntax | null) {
    this.#syntax = syntax;
  }

  /** `text` is a line without the blanks around it. Call it for every line of the side, unchanged ones too. */
  isComment(text: string): boolean {
    if (!this.#syntax) return false;
    const { line, block } = this.#syntax;
    if (this.#inBlock && block) {
      const end = text.indexOf(block[1]);
      if (end < 0) return true;
      this.#inBlock = false;
      return end + block[1].length === text.length;
    }
    if (block && text.startsWith(block[0])) {
      const end = text.indexOf(block[1], block[0].length);
      // Only what stands at the beginning of a line opens a block: "/*" inside a string must hide nothing.
      if (end < 0) this.#inBlock = true;
      return end < 0 || end + block[1].length === text.length;
    }
    if (text.startsWith('#!')) return false;
    for (const mark of line) if (text.startsWith(mark)) return true;
    return isInsideDocBlock(text, block);
  }
}

// A line of a block that was opened above the hunk, where nobody saw it: a star, and prose behind it.
const INSIDE_DOC_BLOCK = /^\*(?:$|\/$|\s+[A-Z@{`<-])/;

function isInsideDocBlock(text: string, block: CommentSyntax['block']): boolean {
  return text.startsWith('*') && block?.[0] === '/*' && INSIDE_DOC_BLOCK.test(text);
}
