import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { calledName } from './mentions';
import { parseMarkdown } from './parse';
import { previewLine } from './test-preview';

// Texts as people and models write them, which the server's tests read, too: both give the same mentions and the
// same previews.

interface Corpus {
  preview_characters_max: number;
  members: string[];
  messages: { kind: string; text: string; mentions: string[]; preview: string }[];
}

const corpus = JSON.parse(readFileSync(new URL('../../../tests/corpora/messages.json', import.meta.url), 'utf8')) as Corpus;
const members = new Set(corpus.members);

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  const node = value as { type?: string; name?: string };
  if (node.type === 'mention') return [calledName(node.name ?? '', (name) => members.has(name)) ?? ''].filter(Boolean);
  return Object.values(value).flatMap(namesIn);
}

it.each(corpus.messages)('$kind: $text', ({ text, mentions, preview }) => {
  expect([...new Set(namesIn(parseMarkdown(text)))]).toEqual(mentions);
  expect(previewLine(text, corpus.preview_characters_max)).toBe(preview);
});
