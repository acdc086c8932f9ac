import { Minimatch } from 'minimatch';
import type { Mention } from './mentions.ts';
import type { Trigger } from './triggers/find-triggers.ts';

/** Which triggers the records explain: a record that says what it affects explains these files, any other all of them. */
export interface Coverage {
  uncovered: Trigger[];
  used: Mention[];
  /** Records that are fine and about something else. */
  elsewhere: Mention[];
}

/** Tells which triggers are explained by records that are fine in themselves. */
export function coverageOf(triggers: readonly Trigger[], satisfying: readonly Mention[]): Coverage {
  const covers = satisfying.map((mention) => {
    const globs = (mention.record?.affects ?? []).map(
      (glob) => new Minimatch(glob.endsWith('/') ? `${glob}**` : glob, { dot: true, nocomment: true, nonegate: true }),
    );
    return { mention, matches: ({ path }: Trigger) => globs.length === 0 || globs.some((glob) => glob.match(path)) };
  });
  return {
    uncovered: triggers.filter((trigger) => !covers.some(({ matches }) => matches(trigger))),
    used: covers.filter(({ matches }) => triggers.some(matches)).map(({ mention }) => mention),
    elsewhere: covers.filter(({ matches }) => !triggers.every(matches)).map(({ mention }) => mention),
  };
}
