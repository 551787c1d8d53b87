// What Markdown text becomes. There is no node for raw HTML: tags are text like any other.

export type Inline =
  | { type: 'text'; text: string }
  | { type: 'code'; text: string }
  | { type: 'strong' | 'em' | 'del'; children: Inline[] }
  // `href` is what was written: safeHref says whether it may be followed. A bare address is its own text.
  | { type: 'link'; href: string; title: string; children: Inline[]; bare: boolean }
  | { type: 'image'; src: string; title: string; alt: string }
  // A name as written, without the @: it may end with a full stop of the sentence. `text` is what stands here of it;
  // the rest of `@_name_` is emphasis.
  | { type: 'mention'; name: string; text: string }
  // `source` is with its marks, for one that cannot be drawn.
  | { type: 'math'; tex: string; display: boolean; source: string }
  // Leads to the note with this number.
  | { type: 'note'; number: number }
  | { type: 'break'; soft: boolean };

export interface ListItem {
  // null for a plain item; otherwise a task that is done or not.
  done: boolean | null;
  blocks: Block[];
}

export type Align = 'left' | 'center' | 'right' | null;

export interface Note {
  number: number;
  blocks: Block[];
}

export type Block =
  // A tight one stands in a list without space around it.
  | { type: 'paragraph'; children: Inline[]; tight: boolean }
  | { type: 'heading'; level: number; children: Inline[] }
  | { type: 'list'; ordered: boolean; start: number; items: ListItem[] }
  | { type: 'quote'; blocks: Block[] }
  // With its last line's end.
  | { type: 'code'; language: string; text: string }
  // An open one is still being written.
  | { type: 'math'; tex: string; source: string; open: boolean }
  | { type: 'table'; align: Align[]; head: Inline[][]; rows: Inline[][][] }
  | { type: 'notes'; notes: Note[] }
  | { type: 'rule' };
