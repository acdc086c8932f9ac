/**
 * Draws docs/images: a sample review as the real renderers write it, in the look of a pull request's page.
 * Usage: node scripts/render-picture.ts (needs Chromium; $CHROMIUM names it where it is not `chromium`).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { renderCheck } from '../src/render/check-run.ts';
import { renderComment } from '../src/render/comment.ts';
import { ADR, CHECKLISTS, DEPENDENCIES, PULL_REQUEST, review, SIZE } from '../test/render/sample.ts';

const WIDTH = 880;

const sample = {
  review: review('failure', [SIZE, CHECKLISTS, ADR, DEPENDENCIES]),
  pullRequest: PULL_REQUEST,
};

const CSS = `
  :root { --fg: #1f2328; --muted: #59636e; --bg: #ffffff; --subtle: #f6f8fa; --line: #d1d9e0; --code: #818b981f; --red: #cf222e; --accent: #0969da; }
  :root.dark { --fg: #f0f6fc; --muted: #9198a1; --bg: #0d1117; --subtle: #151b23; --line: #3d444d; --code: #656c7633; --red: #f85149; --accent: #4493f8; color-scheme: dark; }
  * { box-sizing: border-box; }
  body { margin: 0; padding: 20px; background: var(--bg); color: var(--fg); font: 14px/1.5 "Liberation Sans", Arial, sans-serif; width: ${WIDTH}px; }
  .box { border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
  .head { padding: 8px 16px; background: var(--subtle); border-bottom: 1px solid var(--line); color: var(--muted); }
  .head b { color: var(--fg); }
  .bot { border: 1px solid var(--line); border-radius: 2em; padding: 0 6px; font-size: 12px; margin-left: 4px; }
  .body { padding: 16px; }
  .body > :last-child { margin-bottom: 0; }
  .body > :first-child { margin-top: 0; }
  p, ul, table, details { margin: 0 0 14px; }
  ul { padding-left: 2em; }
  ul:has(input) { padding-left: 0; }
  li:has(> input) { list-style: none; }
  li { margin: 3px 0; }
  input { margin: 0 .5em .1em .1em; vertical-align: middle; accent-color: var(--accent); }
  code { font: 85% "DejaVu Sans Mono", monospace; background: var(--code); padding: .2em .4em; border-radius: 6px; }
  table { border-collapse: collapse; }
  th, td { border: 1px solid var(--line); padding: 5px 12px; }
  summary { cursor: pointer; }
  .merge { margin-top: 16px; }
  .row { display: flex; gap: 10px; align-items: center; padding: 12px 16px; }
  .row + .row { border-top: 1px solid var(--line); }
  .cross { color: var(--red); font-weight: bold; }
  .muted { color: var(--muted); }
  .required { margin-left: auto; border: 1px solid var(--line); border-radius: 2em; padding: 0 8px; font-size: 12px; white-space: nowrap; }
`;

function page(scheme: 'light' | 'dark'): string {
  const comment = toHtml(renderComment(sample) ?? '');
  const { title } = renderCheck(sample);
  return `<!doctype html><html class="${scheme}"><meta charset="utf-8"><style>${CSS}</style><body>
    <div class="box"><div class="head"><b>composure</b> <span class="bot">bot</span> commented</div><div class="body">${comment}</div></div>
    <div class="box merge">
      <div class="row"><span class="cross">✕</span><b>Merging is blocked</b><span class="muted">1 required check has failed</span></div>
      <div class="row"><span class="cross">✕</span><span><b>Composure</b> <span class="muted">— ${title}</span></span><span class="required">Required</span></div>
    </div>
    <script>document.documentElement.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)</script>
  </body></html>`;
}

function toHtml(markdown: string): string {
  const html = micromark(markdown, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  // On GitHub whoever may edit the comment can tick it.
  return html.replaceAll(' disabled=""', '');
}

function chromium(profile: string, ...args: string[]): string {
  const quiet = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--hide-scrollbars',
  ];
  const offline = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return execFileSync(
    process.env.CHROMIUM ?? 'chromium',
    [...quiet, ...offline, `--user-data-dir=${profile}`, ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
}

function shoot(scheme: 'light' | 'dark', target: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'composure-picture-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, page(scheme));
    const url = pathToFileURL(file).href;
    // The window takes the page's own height, which only the browser knows.
    const height = /data-height="(\d+)"/.exec(chromium(folder, `--window-size=${WIDTH},600`, '--dump-dom', url))?.[1];
    if (!height) throw new Error('The browser did not tell the height of the page');
    chromium(
      folder,
      `--window-size=${WIDTH},${height}`,
      '--force-device-scale-factor=1.5',
      `--screenshot=${target}`,
      url,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const images = join(import.meta.dirname, '../docs/images');
shoot('light', join(images, 'check-and-comment.png'));
shoot('dark', join(images, 'check-and-comment-dark.png'));
