import { z } from 'zod';
import { definePractice } from './define-practice.ts';
export const dependencies = definePractice({
  id: 'dependencies',
  title: 'dependencies',
  summary: '',
  options: z.strictObject({ 'max-lines': z.int().default(400) }),
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
  judgesDependencyBots: false,
  messages: {},
  evaluate: () => ({ skipped: true, summary: '', facts: {} }),
});
