import type { Account } from '../model/pull-request.ts';
import type { ActorNode } from './snapshot-query.ts';

/** Who acted, as GraphQL tells it. */
export function accountOf(node: ActorNode, association = 'NONE'): Account {
  // A deleted account: GitHub shows its doings under the name of `ghost`.
  if (!node) return { id: null, login: 'ghost', kind: 'unknown', association };
  const bot = node.__typename === 'Bot';
  return {
    id: node.databaseId ?? null,
    login: bot ? `${node.login}[bot]` : node.login,
    kind: bot ? 'bot' : node.__typename === 'User' ? 'user' : 'unknown',
    association,
  };
}
