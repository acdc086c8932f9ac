import type { Json } from '../../model/review.ts';
import type { Message } from '../define-practice.ts';

/** What is known against a package that exists. */
export const reputationMessages = {
  'package-malicious': {
    level: 'error',
    text: ({ name, version, report, reportSays }) =>
      `"${name}"${version === null ? '' : ` ${version}`} is reported as malicious (${report}${reportSays ? `: ${reportSays}` : ''}). Whoever installs it runs that code. The author removes it${version === null ? '' : ' or asks for a version that is not affected'}; whoever has installed it already looks at what it did there.`,
  },
  'package-reappeared': {
    level: 'warning',
    text: ({ name, absentAt }) =>
      `"${name}" did not exist when this pull request named it (${absentAt}), and exists now. Somebody has registered the name since: that is how an invented name is turned into an attack on those who were told to install it. Nobody installs it before it is known who published it and why. If the author of this pull request did, they say so; otherwise they take the name out.`,
  },
  'package-deprecated': {
    level: 'warning',
    text: ({ name, version, notice, wholePackage, successor }) =>
      `"${name}"${wholePackage ? '' : ` ${version}`} is deprecated: "${notice}". What is deprecated gets no repairs. The author takes ${successor ? `"${successor}", to which the notice points` : wholePackage ? 'a package that is looked after' : 'a version that is not'}, or says why this one has to be.`,
  },
  'package-young': {
    level: 'warning',
    text: ({ name, createdAt, days, limit }) =>
      `"${name}" has existed for ${days === 0 ? 'less than a day' : `${days} days`} (since ${createdAt}), and names that models invent are registered by others. Hardly anybody has looked at it yet. A reviewer looks at who publishes it and what it contains; after ${limit} days this is no longer said.`,
  },
  'version-young': {
    level: 'warning',
    text: ({ name, version, publishedAt, hours, limit, gate }) =>
      `"${name}" ${version} was published ${hours === 0 ? 'less than an hour' : `${hours} hours`} ago (${publishedAt}). Versions that were slipped into good packages are mostly found within days. ${gate ? `${gate} asks for ${hoursInWords(limit)}.` : `After ${hoursInWords(limit)} this is no longer said.`} The author waits, or asks for the version before.`,
  },
  'package-typosquat': {
    level: 'warning',
    text: ({ name, target, by, against }) =>
      `"${name}" looks like "${target}", which everybody uses (${by})${sentenceOf(against)}. The author makes sure that it is the package that is meant.`,
  },
  'install-script-added': {
    level: 'warning',
    text: ({ name, version, before, blocked }) =>
      `"${name}" ${version} runs a script of its own when it is installed${before === null ? '' : `, which ${before} did not`}. ${blocked ? "This repository's package manager does not run it unless it is told to." : 'It runs on every machine that installs it, with all that machine may do.'} A reviewer looks at what the script does.`,
  },
  'provenance-lost': {
    level: 'warning',
    text: ({ name, version, before }) =>
      `"${name}" ${before} came with a signed statement of where it was built, and ${version} comes without. That happens when somebody publishes from their own machine, or with a stolen token. A reviewer finds out which before this goes in.`,
  },
  'confusion-risk': {
    level: 'warning',
    text: ({ name }) =>
      `"${name}" is private and stands under no scope, so anybody can publish a package of that name for all the world. An installation that asks the public registry gets theirs. Whoever looks after the package moves it under a scope that the organisation owns.`,
  },
  'version-unpublished': {
    level: 'error',
    text: ({ name, wanted, publishedAt, newest }) =>
      `"${name}" ${wanted} was published (${publishedAt}) and has been taken back since${newest ? `; the newest is ${newest}` : ''}. Installing it fails, and what is taken back mostly has a reason. The author asks for a version that is there.`,
  },
  'script-allowed': {
    level: 'warning',
    text: ({ name, file, field }) =>
      `${file} lets "${name}" run scripts when it is installed (${field}). They run on every machine that installs it, with all that machine may do. A reviewer makes sure that it needs them.`,
  },
  'install-hook-changed': {
    level: 'warning',
    text: ({ file, script, command }) =>
      command === null
        ? `${file} no longer has the script "${script}", which ran at every installation. A reviewer makes sure that nothing depended on it.`
        : `${file} runs "${command}" at every installation ("${script}"). Whoever checks this out and installs runs it before having read it. A reviewer reads it first.`,
  },
} satisfies Record<string, Message>;

/** What licences give to say. */
export const licenceMessages = {
  'license-denied': {
    level: 'error',
    text: ({ name, version, license, transitive }) =>
      license === 'UNLICENSED'
        ? `"${name}" ${version} is marked UNLICENSED: nobody is given the right to use it. The author takes another package, or whoever decides on licences here gets that right and allows it.`
        : `"${name}" ${version} is licensed under ${license}, which this repository does not take in${transitive ? '; another package brings it along' : ''}. Its terms would hold for the product as well. The author takes another package, or whoever decides on licences here allows it in .github/composure.yml.`,
  },
  'license-unknown': {
    level: 'warning',
    text: ({ name, version, cause, likely }) =>
      `Nobody can tell under which licence "${name}" ${version} comes: ${cause}.${likely ? ` It may mean ${likely}, which a person would have to confirm.` : ''} Without a licence nobody has the right to use it. A reviewer looks it up at its source.`,
  },
  'license-changed': {
    level: 'warning',
    text: ({ name, version, before, licenseBefore, license }) =>
      `"${name}" was licensed under ${licenseBefore} (${before}) and is under ${license} from ${version} on. What was agreed to need not be what is coming in now. A reviewer makes sure that the new terms are fine.`,
  },
  unverified: {
    level: 'notice',
    text: ({ what, cause }) => `Could not find out ${what}: ${cause}. It is asked again at the next look.`,
  },
} satisfies Record<string, Message>;

function hoursInWords(hours: Json | undefined): string {
  const number = Number(hours);
  return number >= 48 && number % 24 === 0 ? `${number / 24} days` : `${Math.round(number * 10) / 10} hours`;
}

function sentenceOf(against: Json | undefined): string {
  const list = Array.isArray(against) ? against : [];
  return list.length === 0 ? '' : `, and ${list.join(', ')}`;
}
