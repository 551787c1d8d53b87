import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

// `virtual:emoji`: what the page needs of emojibase-data, a tenth of its size.

interface Entry {
  unicode: string;
  hexcode: string;
  label: string;
  group?: number;
  order?: number;
  tags?: string[];
  skins?: { unicode: string; hexcode: string }[];
}

type Names = Record<string, string | string[]>;

const id = 'virtual:emoji';
const components = 2;
const tones = 5;

const read = createRequire(import.meta.url);
const list = <T>(value: T | T[] | undefined): T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function packed(): unknown {
  const entries = read('emojibase-data/en/compact.json') as Entry[];
  const usual = read('emojibase-data/en/shortcodes/github.json') as Names;
  const others = read('emojibase-data/en/shortcodes/emojibase.json') as Names;
  const groups: unknown[][] = [];
  const sorted = entries.filter(({ group }) => group !== undefined && group !== components).sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  for (const { unicode, hexcode, label, group = 0, tags, skins } of sorted) {
    // The sign that asks for a coloured picture is left out where there is only that.
    const sign = unicode.replace(/^(\p{Emoji_Presentation})\ufe0f$/u, '$1');
    const names = [...new Set([...list(usual[hexcode]), ...list(others[hexcode])])];
    if (names.length === 0) names.push(label.replaceAll(/\W+/g, '_'));
    // Those of two people have a tone for each; only the five where both are the same are offered.
    const toned = (skins ?? []).filter((skin) => (skin.hexcode.match(/1F3F[B-F]/g) ?? []).length === 1).map((skin) => skin.unicode);
    (groups[group] ??= []).push([sign, label, names.join(' '), (tags ?? []).join(' '), ...(toned.length === tones ? [toned.join(' ')] : [])]);
  }
  return groups.filter(Boolean);
}

export const emojiData: Plugin = {
  name: 'emoji-data',
  resolveId: (source) => (source === id ? `\0${id}` : null),
  load: (source) => (source === `\0${id}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(packed()))});` : null),
};
