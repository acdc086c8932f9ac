/** What the author says of AI assistance in the pull request's own text. */
export type Declaration =
  | {
      state: 'declared';
      assisted: boolean /** As they call it, at most 60 characters; `null` for a bare yes. Hostile text. */;
      tool: string | null;
    }
  | { state: 'absent' };

/** `AI-assisted: yes`, `AI-assisted: no`, `AI-assisted: some tool`; perhaps in bold, in a list or behind a box. */
const LINE =
  /^[ \t>]*(?:[-*+][ \t]+)?(?:\[[ xX]\][ \t]+)?[*_]{0,3}AI[- ]assisted[*_]{0,3}[ \t]*:[ \t]*[*_]{0,3}[ \t]*([^\r\n]{1,200})$/gim;

const MAX_TOOL_LENGTH = 60;

/** What a template leaves for the author to fill in is no answer. */
const UNANSWERED = /^(?:yes\s*[|/,]\s*no\b.*|<.*>|\[.*\]|\(.*\)|…|\.\.\.|_+|\?|-|tbd|n\/a)$/i;

/**
 * The declaration in a pull request's text: the last line that answers, so that a template above may show how. Nothing in
 * a comment or a code block counts; whoever writes there does not say it to readers.
 */
export function readDeclaration(body: string): Declaration {
  const visible = body.replace(/<!--[\s\S]*?(?:-->|$)/g, '').replace(/^([`~]{3,})[\s\S]*?(?:^\1|(?![\s\S]))/gm, '');
  let declaration: Declaration = { state: 'absent' };
  for (const [, raw = ''] of visible.matchAll(LINE)) {
    const answer = raw
      .replace(/[*_`]+/g, '')
      .replace(/\.$/, '')
      .trim();
    if (answer === '' || UNANSWERED.test(answer)) continue;
    const isNo = /^(?:no|none|false)\b/i.test(answer);
    const tool = answer
      .replace(/^(?:yes|true)\b[\s,:;–—(-]*/i, '')
      .replace(/\)$/, '')
      .slice(0, MAX_TOOL_LENGTH)
      .trim();
    declaration = { state: 'declared', assisted: !isNo, tool: isNo || tool === '' ? null : tool };
  }
  return declaration;
}
