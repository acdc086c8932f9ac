/** Changed source files → packages they import that nothing declares. Pure: `gather-dependencies.ts` fetches what is asked for here. */
export { findUndeclaredImports, type ImportChanges, importFiles } from './find-undeclared.ts';
