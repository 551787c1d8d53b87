import { memo, useId, useRef } from 'react';
import { Button } from '@/components/button';
import { markdownStrings } from '@/i18n/markdown';
import { cn } from '@/lib/cn';
import { countOnlyEmoji } from '@/lib/emoji-only';
import type { Block } from '@/markdown/ast';
import { emptyGrowing, grow, type Growing } from '@/markdown/growing';
import { parseMarkdown } from '@/markdown/parse';
import { Blocks } from './blocks';
import { MentionedContext } from './mention-context';
import { NoteContext } from './note-reference';
import { useGradual } from './use-gradual';
import { usePaced } from './use-paced';

const parsed = new Map<string, readonly Block[]>();
const mostParsed = 600;

// Lists scroll the same texts in and out; the newest few hundred stay parsed.
function blocksOf(text: string): readonly Block[] {
  const known = parsed.get(text);
  if (known) return known;
  const blocks = parseMarkdown(text);
  if (parsed.size >= mostParsed) parsed.delete(parsed.keys().next().value ?? '');
  parsed.set(text, blocks);
  return blocks;
}

// A message of nothing but emoji is a face, not a text: few of them are drawn larger.
function largeIfEmoji(text: string): string {
  const count = countOnlyEmoji(text);
  return count === 0 ? '' : count <= 3 ? 'emoji-few' : 'emoji-some';
}

interface MarkdownProps {
  text: string;
  // Whom the server found mentioned; without it, names of the chat's members count.
  mentioned?: readonly string[];
}

// A message's text as elements. Never raw HTML: the tree has no node for it.
export const Markdown = memo(function Markdown({ text, mentioned }: MarkdownProps) {
  return (
    <MentionedContext value={mentioned ?? null}>
      <div className={cn('content', largeIfEmoji(text))} dir="auto">
        <Drawn blocks={blocksOf(text)} />
      </div>
    </MentionedContext>
  );
});

// The same of a text that is being written: finished blocks are neither parsed nor drawn again, and the caret
// stands behind the last one.
export const GrowingMarkdown = memo(function GrowingMarkdown({ text, ended }: { text: string; ended: boolean }) {
  const state = useRef<Growing>(emptyGrowing);
  const shown = usePaced(text, ended);
  const isFirst = state.current === emptyGrowing;
  if (!(isFirst && ended)) state.current = grow(state.current, shown, ended);
  return (
    <div className={cn('content answer', !ended && 'growing')} dir="auto">
      <Drawn blocks={isFirst && ended ? blocksOf(text) : state.current.blocks} />
    </div>
  );
});

function Drawn({ blocks }: { blocks: readonly Block[] }) {
  const { blocks: shown, showRest } = useGradual(blocks);
  return (
    <NoteContext value={useId()}>
      <Blocks blocks={shown} />
      {showRest && <Button size="small" onClick={showRest}>{markdownStrings.showRest}</Button>}
    </NoteContext>
  );
}
