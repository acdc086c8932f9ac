import type { HeadLine } from './added-text.ts';
import type { Language } from './languages.ts';
import type { Seen } from './seen.ts';

/** How a language begins a loop, and how it asks a database or the network. */
interface Loops {
  header: RegExp;
  /** Ends what is repeated: a function that is only defined here. */
  definition: RegExp;
  query: RegExp;
}

const BRACES = /^\s*(?:for|while|foreach)\b.*[{(:]|\.(?:forEach|each|map|filter|flatMap)\s*[({]/;
const LOOPS: Partial<Readonly<Record<Language, Loops>>> = {
  python: {
    header: /^\s*(?:async\s+)?(?:for\s.+\sin\s.+|while\s.+):\s*$/,
    definition: /^\s*(?:async\s+)?def\s/,
    query:
      /\.objects\.(?:\w+\(\)\.)*(?:get|filter|create|update|delete|get_or_create|update_or_create|exclude|all|first|count|exists)\s*\(|\b(?:session|db\.session|cursor|conn|connection)\.(?:query|execute|get|scalar|scalars|commit)\s*\(|\b\w+\.save\s*\(\s*(?:update_fields\b.*)?\)|\b(?:requests|httpx)\.(?:get|post|put|patch|delete)\s*\(|\b\w+\.refresh_from_db\s*\(/,
  },
  ruby: {
    header: /\.(?:each|map|each_with_index|flat_map|select|find_each)\b.*\bdo\b|^\s*(?:for|while|until)\s/,
    definition: /^\s*def\s/,
    query:
      /\b[A-Z]\w+(?:::\w+)*\.(?:find|find_by!?|where|create!?|find_or_create_by!?|exists\?|count|first|insert)\b|\.(?:save!?|update!|update_columns?|update_attribute|destroy!?|reload)(?:\s|\(|$)|\bNet::HTTP\.\w|\bFaraday\.\w/,
  },
  go: {
    header: /^\s*for\b.*\{\s*$/,
    definition: /^func\s/,
    query:
      /\b(?:db|tx|conn|sess|session|engine|e|pool|client|http)\.(?:Query\w*|Exec\w*|Get|Find|First|Create|Insert|Update|Delete|Save|Select|List|Do|Post)\s*\(\s*(?:ctx|r?eq|context|&|")|\bdb\.GetEngine\(|\bhttp\.(?:Get|Post)\(/,
  },
  jvm: {
    header: BRACES,
    definition: /^\s*(?:public|private|protected|fun)\s/,
    query:
      /\b\w*(?:[rR]epository|[dD]ao|[eE]ntityManager|jdbcTemplate|session)\.(?:find\w*|get\w*|save\w*|delete\w*|exists\w*|count\w*|query\w*|update\w*|persist|merge|load\w*)\s*\(|\brestTemplate\.\w+\s*\(/,
  },
  csharp: {
    header: BRACES,
    definition: /^\s*(?:public|private|protected|internal)\s/,
    query:
      /\bawait\s+\w*(?:[rR]epository|[cC]ontext|[dD]b|[cC]lient|[cC]onnection)\w*\.\w+Async\s*\(|\.SaveChanges(?:Async)?\s*\(|\.ExecuteNonQuery(?:Async)?\s*\(|\.ExecuteReader(?:Async)?\s*\(/,
  },
  rust: {
    header: /^\s*(?:for\s.+\sin\s.+|while\s.+|loop\s*)\{\s*$/,
    definition: /^\s*(?:pub\s+)?(?:async\s+)?fn\s/,
    query:
      /\.(?:execute|get_result|get_results|load|first|fetch_one|fetch_all|fetch_optional)(?:::<[^>]*>)?\s*\(\s*(?:&mut\s+)?\*?(?:conn|tx|pool|db|transaction)\b|\breqwest::get\(/,
  },
  php: {
    header: /^\s*(?:foreach|for|while)\s*\(/,
    definition: /^\s*(?:public|private|protected|function)\s/,
    query: /->(?:query|execute|prepare|save)\s*\(|::(?:find|where|create|firstOrCreate)\s*\(|\bcurl_exec\(/,
  },
  javascript: {
    header:
      /^\s*(?:\}\s*)?(?:for|while)\s*(?:await\s*)?\(.*\{\s*$|\.(?:forEach|map|flatMap)\(\s*(?:async\b.*)?=>\s*\{\s*$/,
    definition: /^\s*(?:export\s+)?(?:async\s+)?function\s/,
    query:
      /\bawait\s+(?:[\w$.]+\.)?(?:findOne|findMany|findUnique|findFirst|findAll|findByPk|findById|query|execute|insertOne|updateOne|deleteOne|fetch|axios(?:\.\w+)?)\s*[(<]/,
  },
};

/** How far up a loop is looked for; farther up nobody sees it in the hunk either. */
const MAX_LINES_UP = 60;

/**
 * Queries and network calls on added lines that stand deeper than a loop above them, with nothing between that is less
 * deep. The indentation tells, so no parser is needed; a line that is wrongly indented is not found.
 */
export function findQueriesInLoops(lines: readonly HeadLine[], language: Language): Seen[] {
  const loops = LOOPS[language];
  if (!loops) return [];
  return lines
    .filter((line, index) => line.added && loops.query.test(line.text) && standsInLoop(lines, index, loops))
    .map(({ number }) => ({ signal: 'loop-query', line: number, because: 'a query or a network call inside a loop' }));
}

function standsInLoop(lines: readonly HeadLine[], index: number, { header, definition }: Loops): boolean {
  let depth = depthOf(lines[index]!.text);
  for (let at = index - 1; at >= Math.max(0, index - MAX_LINES_UP); at--) {
    const { text } = lines[at]!;
    if (text.trim() === '' || depthOf(text) >= depth) continue;
    if (header.test(text)) return true;
    if (definition.test(text)) return false;
    depth = depthOf(text);
  }
  return false;
}

/** A tab is one step, and so are two spaces or more: only deeper and less deep matter, within one file. */
function depthOf(text: string): number {
  return text.length - text.trimStart().length;
}
