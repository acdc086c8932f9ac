/** What an agent leaves behind, and where that is known from. Every row has a test of its own. */
export type Mark = {
  /** As people call it. */
  agent: string;
  /** Who says so: the agent's own documentation, an issue, or a study. */
  source: string;
} & (
  | {
      /** The account that opened the pull request or wrote a commit; by number where GitHub gives one. */
      kind: 'account';
      id: number | null;
      /** In lower case; a bot's ends in `[bot]`. */
      logins: readonly string[];
    }
  /** An address that a commit was made under, or that a trailer credits. Whole, in lower case, without GitHub's number. */
  | { kind: 'email'; address: string }
  /** A trailer by its key, in lower case, with what its value must hold. */
  | { kind: 'trailer'; key: string; value: RegExp }
  /** What stands in the pull request's text. */
  | { kind: 'body'; text: RegExp }
  /** What the head branch begins with. */
  | { kind: 'branch'; prefix: string }
  /** How a commit's author is called. Never a bare name: people are called Claude, too. */
  | { kind: 'name'; name: RegExp }
);

const CHAOSS = 'chaoss/ai-detection-action';

/**
 * The table. Bare names (Claude, Devin, Jules, Cursor) are no marks: people have them. All of it can be removed by whoever
 * wants to, so it is a hint that adds questions; see ADR 57.
 */
export const MARKS: readonly Mark[] = [
  // Copilot
  {
    agent: 'GitHub Copilot',
    kind: 'account',
    id: 198982749,
    logins: ['copilot-swe-agent[bot]', 'copilot[bot]'],
    source: 'GitHub docs, about-coding-agent',
  },
  {
    agent: 'GitHub Copilot',
    kind: 'email',
    // Without `[bot]` in it.
    address: '198982749+copilot@users.noreply.github.com',
    source: 'GitHub docs, about-coding-agent',
  },
  {
    agent: 'GitHub Copilot',
    kind: 'email',
    address: '223556219+copilot@users.noreply.github.com',
    source: 'github/copilot-cli, its commits',
  },
  { agent: 'GitHub Copilot', kind: 'email', address: '175728472+copilot@users.noreply.github.com', source: CHAOSS },
  { agent: 'GitHub Copilot', kind: 'email', address: 'copilot@github.com', source: CHAOSS },
  { agent: 'GitHub Copilot', kind: 'branch', prefix: 'copilot/', source: 'GitHub docs, about-coding-agent' },
  {
    agent: 'GitHub Copilot',
    kind: 'body',
    text: /<!-- START COPILOT (?:CODING AGENT (?:SUFFIX|TIPS)|ORIGINAL PROMPT) -->/,
    source: 'pull requests of the coding agent',
  },

  // Claude Code
  { agent: 'Claude Code', kind: 'account', id: 209825114, logins: ['claude[bot]'], source: CHAOSS },
  { agent: 'Claude Code', kind: 'account', id: 208546643, logins: ['claude-code-action[bot]'], source: CHAOSS },
  {
    agent: 'Claude Code',
    kind: 'email',
    address: 'noreply@anthropic.com',
    source: 'Claude Code documentation, settings: attribution',
  },
  {
    agent: 'Claude Code',
    kind: 'body',
    text: /Generated with \[Claude Code\]\(https:\/\/claude\.(?:com|ai)\/(?:claude-)?code\/?\)/,
    source: 'Claude Code documentation, settings: attribution',
  },
  {
    agent: 'Claude Code',
    kind: 'body',
    text: /\bclaude\.ai\/code\/session/,
    source: 'pull requests of Claude Code on the web',
  },
  { agent: 'Claude Code', kind: 'branch', prefix: 'claude/', source: 'AIDev, discussion 16' },

  // Cursor
  { agent: 'Cursor', kind: 'account', id: 206951365, logins: ['cursor[bot]'], source: CHAOSS },
  { agent: 'Cursor', kind: 'account', id: 201670782, logins: ['cursoragent[bot]', 'cursoragent'], source: CHAOSS },
  { agent: 'Cursor', kind: 'email', address: 'cursoragent@cursor.com', source: CHAOSS },
  {
    agent: 'Cursor',
    kind: 'trailer',
    key: 'made-with',
    value: /^Cursor$/i,
    source: 'Cursor documentation, attribution',
  },
  {
    agent: 'Cursor',
    kind: 'body',
    text: /Made with \[Cursor\]\(https:\/\/cursor\.com\/?\)/,
    source: 'Cursor documentation, attribution',
  },
  { agent: 'Cursor', kind: 'body', text: /\bcursor\.com\/agents\/bc-/, source: 'pull requests of Cursor agents' },
  { agent: 'Cursor', kind: 'body', text: /\bCURSOR_AGENT_PR_BODY_BEGIN\b/, source: 'pull requests of Cursor agents' },
  { agent: 'Cursor', kind: 'branch', prefix: 'cursor/', source: 'AIDev, discussion 16' },

  // Codex
  { agent: 'Codex', kind: 'account', id: 199175422, logins: ['chatgpt-codex-connector[bot]'], source: CHAOSS },
  { agent: 'Codex', kind: 'account', id: 215057067, logins: ['openai-codex[bot]'], source: CHAOSS },
  { agent: 'Codex', kind: 'email', address: 'noreply@openai.com', source: 'openai/codex#11617' },
  { agent: 'Codex', kind: 'email', address: 'codex@openai.com', source: 'openai/codex#14051' },
  { agent: 'Codex', kind: 'email', address: 'codex@example.com', source: 'openai/codex#18095' },
  { agent: 'Codex', kind: 'body', text: /\bchatgpt\.com\/codex\/tasks\//, source: 'pull requests of Codex on the web' },
  { agent: 'Codex', kind: 'branch', prefix: 'codex/', source: 'AIDev, discussion 16' },

  // Devin
  { agent: 'Devin', kind: 'account', id: 158243242, logins: ['devin-ai-integration[bot]'], source: CHAOSS },
  { agent: 'Devin', kind: 'body', text: /\bapp\.devin\.ai\/sessions\//, source: 'pull requests of Devin' },
  { agent: 'Devin', kind: 'branch', prefix: 'devin/', source: 'AIDev, discussion 16' },

  // Jules
  {
    agent: 'Jules',
    kind: 'account',
    id: 161369871,
    logins: ['google-labs-jules[bot]'],
    source: 'google-labs-code/jules-sdk#94',
  },
  {
    agent: 'Jules',
    kind: 'body',
    text: /PR created automatically by Jules for task \[\d+\]\(https:\/\/jules\.google\.com\/task\/\d+\)/,
    source: 'pull requests of Jules',
  },

  // Aider
  { agent: 'Aider', kind: 'name', name: / \(aider\)$/, source: 'Aider documentation, git integration' },
  { agent: 'Aider', kind: 'email', address: 'aider@aider.chat', source: 'Aider documentation, git integration' },
  { agent: 'Aider', kind: 'email', address: 'noreply@aider.chat', source: 'Aider documentation, git integration' },

  // Others
  { agent: 'Factory Droid', kind: 'account', id: 138933559, logins: ['factory-droid[bot]'], source: CHAOSS },
  { agent: 'Amazon Q', kind: 'account', id: 208079219, logins: ['amazon-q-developer[bot]'], source: CHAOSS },
  { agent: 'Cline', kind: 'account', id: 205137888, logins: ['cline[bot]'], source: CHAOSS },
  { agent: 'opencode', kind: 'account', id: null, logins: ['opencode-agent[bot]'], source: CHAOSS },
  { agent: 'opencode', kind: 'email', address: 'noreply@opencode.ai', source: CHAOSS },
  { agent: 'Amp', kind: 'email', address: 'amp@ampcode.com', source: CHAOSS },
  {
    agent: 'Replit',
    kind: 'trailer',
    key: 'replit-commit-author',
    value: /^(?:Agent|Assistant)$/i,
    source: CHAOSS,
  },

  // Neutral trailers, in which people say so themselves
  {
    agent: 'an assistant',
    kind: 'trailer',
    key: 'assisted-by',
    value: /\S/,
    source: 'Fedora, policy on AI-assisted contributions',
  },
  {
    agent: 'a generator',
    kind: 'trailer',
    key: 'generated-by',
    value: /\S/,
    source: 'Apache Software Foundation, generative tooling guidance',
  },
];
