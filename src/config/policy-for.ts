import type { Problem } from '../model/review.ts';
import type { Practice } from '../practices/define-practice.ts';
import { CONFIG_PATH, type Config, type ConfigLayer, type ConfigResult } from './config.ts';
import { resolveConfig } from './resolve.ts';

/** The configuration as a pull request finds it, and what it makes of it. */
export interface ConfigEdit {
  /** The files of the base, weakest first. The head's never decide: nobody loosens the gate they stand before. */
  layers: readonly ConfigLayer[];
  /** The repository's file at head: its text, `null` where it is deleted; `undefined` where it is not edited. */
  headText?: string | null | undefined;
}

/** Which policy judges a pull request. */
export interface PolicyDecision {
  /** `null` when there is none to judge by. */
  config: Config | null;
  /** The check fails while there is one. */
  problems: Problem[];
  /** To be said in passing: plain text. */
  notes: string[];
}

/**
 * Decides which policy judges a pull request: that of the base, whatever it does to the file. Only a base that is
 * broken, mended at head, is left out, and a note says by what the pull request is judged instead.
 */
export function policyFor({ layers, headText }: ConfigEdit, practices: readonly Practice[]): PolicyDecision {
  const base = resolveConfig(layers, practices);
  if (headText === undefined) return asItStands(base);

  const others = layers.filter((layer) => layer.source !== 'repository');
  const path = layers.find((layer) => layer.source === 'repository')?.path ?? CONFIG_PATH;
  const edited: ConfigLayer[] = headText === null ? [] : [{ source: 'repository', path, text: headText }];
  const head = resolveConfig([...others, ...edited], practices);
  if (!head.ok) return { config: base.ok ? base.config : null, problems: head.problems, notes: [] };
  if (base.ok) return { config: base.config, problems: [], notes: [noteOfEdit(path, headText, others)] };

  const fallback = resolveConfig(others, practices);
  // The other files are valid, or the head would not be; yet they may clash where the repository's file kept the peace.
  if (!fallback.ok) return asItStands(fallback);
  const note = `The configuration ${path} on the base branch is broken, and this pull request ${headText === null ? 'removes' : 'mends'} it. Meanwhile it is judged by ${policyWithout(others)}.`;
  return { config: fallback.config, problems: [], notes: [note] };
}

function asItStands(base: ConfigResult): PolicyDecision {
  if (base.ok) return { config: base.config, problems: [], notes: [] };
  const note =
    'Nothing is judged while the configuration is broken. Whoever may merge can mend it in a pull request of its own; that one is judged without the broken file.';
  return { config: null, problems: base.problems, notes: [note] };
}

function noteOfEdit(path: string, headText: string | null, others: readonly ConfigLayer[]): string {
  if (headText === null) {
    return `This pull request removes ${path}. It is still judged by the version on the base branch; after the merge ${policyWithout(others)} applies.`;
  }
  return `This pull request edits ${path}. The edit is valid and applies after the merge; until then the version on the base branch judges.`;
}

function policyWithout(others: readonly ConfigLayer[]): string {
  return others.length > 0 ? "the organisation's configuration" : 'the `standard` preset';
}
