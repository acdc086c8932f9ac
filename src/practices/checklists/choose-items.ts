import type { Minimatch } from 'minimatch';
import type { ChecklistDefinition, ChecklistItem } from '../../model/checklist.ts';
import { compileGlob } from '../../model/globs.ts';
import type { ChangedFile, PullRequest } from '../../model/pull-request.ts';
import type { Signal } from '../../model/signal.ts';
import { isAssisted, type Provenance } from '../../provenance/provenance.ts';
import { findSignals } from '../../signals/find-signals.ts';

/** An item that this change is asked, and why. */
export interface ChosenItem {
  list: ChecklistDefinition;
  item: ChecklistItem;
  /** What it is about. */
  files: readonly ChangedFile[];
  /** The first line that raised it; `null` where the files or a label did. */
  raisedBy: Signal | null;
}

/** The items to ask, and those for which there is no room. */
export interface Choice {
  /** The most specific first. */
  asked: readonly ChosenItem[];
  leftOut: readonly ChosenItem[];
}

/**
 * How well an item knows this change, the best first: an added line raised it, a label asks for it, its globs name the
 * files, it is asked always. What AI assistance adds comes after all of them, so that no mark of an agent, and no
 * declaration, takes another question off the list.
 */
const SPECIFICITY = ['raised', 'labelled', 'files', 'always', 'assisted'] as const;
type Specificity = (typeof SPECIFICITY)[number];

/** Which items of these lists a change is asked: at most `maxItems`. */
export function chooseItems(
  lists: readonly ChecklistDefinition[],
  pullRequest: PullRequest,
  provenance: Provenance,
  maxItems: number,
): Choice {
  const signals = findSignals(pullRequest);
  const candidates = lists
    .flatMap((list) => itemsOf(list, pullRequest, provenance, signals))
    // Sorting is stable: otherwise they stay as the lists came.
    .sort((a, b) => SPECIFICITY.indexOf(a.specificity) - SPECIFICITY.indexOf(b.specificity))
    .map(({ chosen }) => chosen);
  return { asked: candidates.slice(0, maxItems), leftOut: candidates.slice(maxItems) };
}

interface Candidate {
  chosen: ChosenItem;
  specificity: Specificity;
}

function itemsOf(
  list: ChecklistDefinition,
  { files, labels }: PullRequest,
  provenance: Provenance,
  signals: readonly Signal[],
): Candidate[] {
  // What no line, label or mark in the whole change calls for, no file of it needs to be asked for.
  if (!meetConditions(list, labels, provenance, signals)) return [];
  const about = files.filter(matcherOf(list));
  if (about.length === 0) return [];
  const paths = new Set(about.map((file) => file.path));
  const raised = signals.filter((signal) => paths.has(signal.path));
  const met = meetConditions(list, labels, provenance, raised);
  if (!met) return [];
  const raising = new Set(met.signals.map((signal) => signal.path));
  return list.items.map((item) => {
    const own = item.about === undefined ? undefined : raised.find((signal) => signal.signal === item.about);
    const raisedBy = own ?? met.signals[0] ?? null;
    const isAdded = met.specificity === 'assisted';
    return {
      chosen: {
        list,
        item,
        // A list that a signal called for is about the files that raised it, and about no others.
        files: raising.size > 0 ? about.filter((file) => raising.has(file.path)) : about,
        raisedBy,
      },
      // What only AI assistance adds stays behind, whatever the item is about.
      specificity: raisedBy && !isAdded ? 'raised' : met.specificity,
    };
  });
}

/** Whether a list is asked by more than its files, and what called for it; `null` where nothing does. */
function meetConditions(
  { when = [], appliesTo }: ChecklistDefinition,
  labels: readonly string[],
  provenance: Provenance,
  raised: readonly Signal[],
): { specificity: Specificity; signals: readonly Signal[] } | null {
  if (when.length === 0) return { specificity: appliesTo.length > 0 ? 'files' : 'always', signals: [] };
  const wanted = new Set(when.flatMap((one) => (one.kind === 'signal' ? [one.signal] : [])));
  const signals = raised.filter(({ signal }) => wanted.has(signal));
  if (signals.length > 0) return { specificity: 'raised', signals };
  const borne = new Set(labels.map((label) => label.toLowerCase()));
  if (when.some((one) => one.kind === 'label' && borne.has(one.label.toLowerCase()))) {
    return { specificity: 'labelled', signals: [] };
  }
  if (when.some((one) => one.kind === 'ai-assisted') && isAssisted(provenance)) {
    return { specificity: 'assisted', signals: [] };
  }
  return null;
}

/** Whether a list is about a file. */
function matcherOf({ appliesTo }: ChecklistDefinition): (file: ChangedFile) => boolean {
  const [out, into] = [true, false].map((negative) =>
    appliesTo
      .filter((glob) => glob.startsWith('!') === negative)
      .map((glob) => compileGlob(negative ? glob.slice(1) : glob)),
  ) as [Minimatch[], Minimatch[]];
  const matches = (path: string) => {
    return (into.length === 0 || into.some((glob) => glob.match(path))) && !out.some((glob) => glob.match(path));
  };
  // A file that left the place a list is about changes that place too.
  return (file) => matches(file.path) || (file.previousPath !== undefined && matches(file.previousPath));
}

/** Where globs or signals could call for more lists, if what is not here were read. */
export function mayAskMore(lists: readonly ChecklistDefinition[], { asked, leftOut }: Choice): boolean {
  const known = new Set([...asked, ...leftOut].map(({ list }) => list.id));
  return lists.some((list) => !known.has(list.id));
}
