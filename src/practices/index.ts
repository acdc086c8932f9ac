import { adr } from './adr.ts';
import { checklists } from './checklists.ts';
import type { Practice } from './define-practice.ts';
import { dependencies } from './dependencies.ts';
import { size } from './size.ts';

/** Every practice, in the order people read them. Adding one is a line here, its file, its test and its page. */
export const practices: readonly Practice[] = [size, checklists, adr, dependencies];
