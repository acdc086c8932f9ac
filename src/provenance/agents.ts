import type { Account, Commit } from '../model/pull-request.ts';
import { MARKS } from './marks.ts';
import { provenanceOf } from './provenance.ts';

/** Whether an account is an agent's own, also one that GitHub lists among people. By number where both are known. */
export function isAgent({ id, login }: Pick<Account, 'id' | 'login'>): boolean {
  return MARKS.some((mark) => {
    if (mark.kind !== 'account') return false;
    if (mark.id !== null && mark.id === id) return true;
    return mark.logins.some((name) => name.toLowerCase() === login.toLowerCase());
  });
}

/** Whether a commit bears an agent's mark by itself: its author, an address, or a trailer that credits one. */
export function isByAgent(commit: Commit): boolean {
  const nobody: Account = { id: null, login: '', kind: 'unknown', association: 'NONE' };
  const head = { branch: '', sha: commit.sha, fromFork: false };
  return provenanceOf({ author: nobody, body: '', commits: [commit], head }).marks.length > 0;
}
