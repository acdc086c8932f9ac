import type { Message } from '../define-practice.ts';
import { timesAsked } from './messages-install.ts';

/** What source files and commands name. */
export const sourceMessages = {
  'import-undeclared': {
    level: 'warning',
    text: ({ name, manifest, doubt }) =>
      `"${name}" is imported and ${manifest === null ? 'no package.json declares it' : `${manifest} does not declare it`}. It works only where something else happens to install it. The author declares it${manifest === null ? '' : ` in ${manifest}`} or removes the import${doubt === null ? '' : `; it may be fine, because ${doubt}`}.`,
  },
  'import-absent': {
    level: 'error',
    text: ({ name, answers, secondsApart, doubt }) =>
      `"${name}" is imported, nothing declares it, and it was not found on the npm registry (${timesAsked(answers, secondsApart)}). A name that nobody has taken can be registered by anybody, and would then run their code wherever this is installed. The author imports what is meant${doubt === null ? '; if the package is private, a maintainer lists it under "private" in .github/composure.yml' : `; it may be fine, because ${doubt}`}.`,
  },
  'import-phantom': {
    level: 'warning',
    text: ({ name, manifest, lockedIn }) =>
      `"${name}" is imported and ${manifest === null ? 'no package.json declares it' : `${manifest} does not declare it`}; it is there only because another package brings it along (${lockedIn}). When that one drops it or wants another version, this breaks. The author declares it.`,
  },
  'command-absent': {
    level: 'error',
    text: ({ name, command, answers, secondsApart, doubt }) =>
      `"${command}" here names the package "${name}", which was not found on the npm registry (${timesAsked(answers, secondsApart)}). Whoever registers that name runs their code for everyone who follows this line. The author corrects the name or removes the command${doubt === null ? '; if the package is private, a maintainer lists it under "private" in .github/composure.yml' : `; it may be fine, because ${doubt}`}.`,
  },
} satisfies Record<string, Message>;
