import type { Fragment, HeadLine } from '../added-text.ts';
import { blankComments } from '../blank-comments.ts';
import { findQueriesInLoops } from '../indented-loops.ts';
import { type Grammar, grammarOf } from '../languages.ts';
import { matchPatterns } from '../match-patterns.ts';
import { readLines } from '../read-lines.ts';
import type { Seen } from '../seen.ts';
import { parseFragment } from './parse-fragment.ts';
import { cutForParser } from './pieces.ts';
import { recognise } from './recognise.ts';
import { sharedVariables } from './shared-state.ts';

/**
 * Worth parsing: a word of one of the vocabularies. Most of a large change has none, and a syntax tree costs a hundred
 * times as much as this look.
 */
const WORTH_PARSING =
  /await|async|fetch|axios|https?|wss?:|transaction|lock|mutex|semaphore|worker|atomics|setinterval|schema|table|column|entity|\.model\b|model\.|define|@\w|auth|login|logout|sign(?:in|out|up|ature)|\.sign\b|session|permission|roles?\b|admin|token|password|passport|jwt|crypt|timingsafe|keypair|private_?key|public_?key|subtle|hmac|cipher|random|pbkdf|mail|phone|name['"?]*\s*:|birth|address|postal|post_?code|zip|gender|iban|salary|\bdob\b|ssn|nationality|ethnicity|religion|orientation|insurance|card|tax|prompt|openai|anthropic|langchain|generate|stream|embed|completions|messages|route|app\.|server\.|fastify|websocket|eventsource|octokit|got\b|ky\b|from\s*['"]|queue|redlock|piscina|find|query|execute|impersonate|revoke|ensure|require[A-Z]|\bhas[A-Z]|\bcan[A-Z]|\bcheck[A-Z]/i;

/** Files whose exports are the interface that others build on; what an export is called does not matter there. */
const SHOWS_ITS_EXPORTS = /(?:^|\/)(?:index|mod|main)\.[cm]?[jt]s$|(?:^|\/)(?:api|app|routes?)\//;

/**
 * What a script's added lines tell: by syntax tree where a piece can be parsed; where it cannot, by the trees of the
 * added lines alone; and by patterns where these cannot be parsed either.
 */
export function readSyntax(path: string, fragments: readonly Fragment[]): Seen[] {
  const lang = grammarOf(path);
  const about = { path, shared: sharedVariables(fragments) };
  const isWorthIt = SHOWS_ITS_EXPORTS.test(path) ? () => true : isWorthParsing;
  return fragments.filter(isWorthIt).flatMap((fragment) => {
    if (!lang) return readLines(fragment, 'javascript');
    const { small, large } = cutForParser(fragment);
    return [
      ...small.filter(isWorthIt).flatMap((piece) => readPiece(piece, lang, about)),
      ...large.flatMap((piece) => readLines(piece, 'javascript')),
    ];
  });
}

function isWorthParsing(fragment: Fragment): boolean {
  return fragment.some((line) => line.added && WORTH_PARSING.test(line.text));
}

function readPiece(piece: Fragment, lang: Grammar, about: Parameters<typeof recognise>[1]): Seen[] {
  const parsed = parseFragment(piece, lang);
  if (parsed) return recognise(parsed, about);
  const runs = runsOfAddedLines(piece);
  const found = runs.flatMap((run) => {
    const alone = run.length < piece.length ? parseFragment(run, lang) : null;
    return alone ? recognise(alone, about) : matchPatterns(blankComments(run, 'javascript'), 'javascript');
  });
  // The loop around an added line often is no added line.
  return [...found, ...findQueriesInLoops(blankComments(piece, 'javascript'), 'javascript')];
}

function runsOfAddedLines(piece: Fragment): Fragment[] {
  const runs: HeadLine[][] = [];
  for (const [index, line] of piece.entries()) {
    if (!line.added) continue;
    if (piece[index - 1]?.added) runs.at(-1)!.push(line);
    else runs.push([line]);
  }
  return runs;
}
