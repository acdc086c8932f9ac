import type { Account } from '../model/pull-request.ts';
import { MARKS } from './marks.ts';

/** Whether an account is an agent's own, also one that GitHub lists among people. By number where both are known. */
export function isAgent({ id, login }: Pick<Account, 'id' | 'login'>): boolean {
  return MARKS.some((mark) => {
    if (mark.kind !== 'account') return false;
    if (mark.id !== null && mark.id === id) return true;
    return mark.logins.some((name) => name.toLowerCase() === login.toLowerCase());
  });
}
