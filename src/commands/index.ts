/** Added lines → packages that a command in them installs or runs. Pure: `gather-dependencies.ts` fetches what is asked for here. */
export { type CommandChanges, commandFiles, findCommandedPackages } from './find-commanded.ts';
