// Packages that come without types.

declare module 'markdown-it-footnote' {
  import type { MarkdownIt } from 'markdown-it';
  export default function footnotes(md: MarkdownIt): void;
}

// Made by emoji-plugin.ts. Of each group, each emoji: the sign, what it shows, its names, other words, and the signs of
// the five skin tones if it has them.
declare module 'virtual:emoji' {
  const groups: [sign: string, label: string, names: string, words: string, tones?: string][][];
  export default groups;
}
