import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMarkdown } from './parse';
import { toHtml } from './test-html';

interface Example {
  number: number;
  section: string;
  markdown: string;
  html: string;
}

const examples = JSON.parse(readFileSync(new URL('../../../tests/corpora/commonmark.json', import.meta.url), 'utf8')) as Example[];

// Every example of the CommonMark specification, without those that draw raw HTML, which is text here.

const offSections = new Set(['HTML blocks', 'Raw HTML']);
const withRawHtml = new Set([21, 31, 344, 475, 476, 477, 642, 643]);
const rawTag = /<(?!\/?(?:p|a|em|strong|code|pre|ul|ol|li|h[1-6]|blockquote|hr|br|img)\b)|<!|<\?/;
// Bare addresses are links.
const withBareAddress = new Set([602, 608, 611, 612]);

// Space around the tags of blocks says nothing.
const withoutGaps = (html: string) => html.replace(/\s*(<\/?(?:p|ul|ol|li|h[1-6]|blockquote|hr|pre)\b[^>]*>)\s*/g, '$1').trim();

const isOn = ({ section, number, html }: Example) =>
  !offSections.has(section) && !rawTag.test(html) && !withRawHtml.has(number) && !withBareAddress.has(number);

const on = examples.filter(isOn);

describe('CommonMark', () => {
  it.each(on.map((example) => [example.number, example.section, example] as const))('%i, %s', (_number, _section, { markdown, html }) => {
    expect(withoutGaps(toHtml(parseMarkdown(markdown)))).toBe(withoutGaps(html));
  });

  it('is on nearly whole', () => {
    expect(on.length).toBe(569);
  });
});
