import { memo, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { emojiStrings } from '@/i18n/emoji';
import { cn } from '@/lib/cn';
import { isTouch } from '@/lib/hooks/use-media';
import { emojiOf, findEmoji, groups, inTone, type Emoji } from './emoji';
import { chooseTone, noteEmoji, useRecentEmoji } from './recent';

const mostFound = 120;

interface PickerProps {
  // `more`: the person means to pick another one.
  onPick: (sign: string, more: boolean) => void;
}

interface Section {
  key: string;
  title: string;
  // What stands for it in the row of sections.
  mark: string;
  emoji: readonly Emoji[];
}

function sectionsOf(recent: readonly string[]): Section[] {
  const used = recent.flatMap((sign) => emojiOf(sign) ?? []);
  const first = used.length > 0 ? [{ key: 'recent', title: emojiStrings.recent, mark: '🕘', emoji: [...new Set(used)] }] : [];
  return [...first, ...groups.map(({ emoji }, index) => ({
    key: String(index), title: emojiStrings.groups[index] ?? '', mark: emoji[0]?.sign ?? '', emoji,
  }))];
}

export default function EmojiPicker({ onPick }: PickerProps) {
  const { recent, tone } = useRecentEmoji();
  const [query, setQuery] = useState('');
  const list = useRef<HTMLDivElement>(null);
  // What is used meanwhile does not move what is being looked at.
  const [atFirst] = useState(recent);
  const sections = useMemo(() => sectionsOf(atFirst), [atFirst]);
  const found = useMemo(() => (query.trim() ? findEmoji(query.trim(), mostFound, atFirst) : null), [query, atFirst]);
  const shown = found ? [{ key: 'found', title: emojiStrings.found(found.length), mark: '', emoji: found }] : sections;

  const pick = (sign: string, more: boolean) => {
    noteEmoji(sign);
    onPick(sign, more);
  };
  const onClick = (event: MouseEvent) => {
    const sign = (event.target as Element).closest<HTMLElement>('[data-emoji]')?.dataset.emoji;
    if (sign) pick(sign, event.shiftKey);
  };
  const onSearchKey = (event: KeyboardEvent) => {
    const first = found?.[0];
    if (event.key === 'Enter' && first) {
      event.preventDefault();
      pick(inTone(first, tone), event.shiftKey);
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      list.current?.querySelector<HTMLElement>('[data-emoji]')?.focus();
    }
  };
  return (
    <div className="flex h-full flex-col">
      <div className="p-2">
        <input
          type="search"
          autoFocus={!isTouch()}
          aria-label={emojiStrings.search}
          placeholder={emojiStrings.search}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onSearchKey}
          className="h-9 w-full rounded-sm border border-line-strong/60 bg-surface px-2.5 pointer-coarse:h-11"
        />
      </div>
      {!found && (
        <nav aria-label={emojiStrings.sections} className="flex border-b border-line px-1">
          {sections.map(({ key, title, mark }) => (
            <button
              key={key}
              type="button"
              aria-label={title}
              data-tip={title}
              onClick={() => list.current?.querySelector(`[data-section="${key}"]`)?.scrollIntoView()}
              className="flex h-8 flex-1 items-center justify-center rounded-sm text-read hover:bg-hover pointer-coarse:h-11"
            >
              <span aria-hidden>{mark}</span>
            </button>
          ))}
        </nav>
      )}
      <div ref={list} className="min-h-0 flex-1 overflow-y-auto px-1 pb-1" onClick={onClick} onKeyDown={(event) => moveFocus(event, list.current)}>
        {shown.map((section, index) => <SectionGrid key={section.key} section={section} tone={tone} first={index === 0} />)}
        {found?.length === 0 && <p className="p-4 text-center text-faint">{emojiStrings.none}</p>}
      </div>
      <Tones tone={tone} />
      <p role="status" className="sr-only">{found ? emojiStrings.found(found.length) : ''}</p>
    </div>
  );
}

const SectionGrid = memo(function SectionGrid({ section, tone, first }: { section: Section; tone: number; first: boolean }) {
  return (
    <section aria-label={section.title} data-section={section.key} className="emoji-section" style={{ containIntrinsicBlockSize: `auto ${32 + Math.ceil(section.emoji.length / 8) * 40}px` }}>
      <h3 className="px-2 pt-2 pb-1 text-small font-medium text-faint">{section.title}</h3>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(40px,1fr))]">
        {section.emoji.map((one, index) => (
          <button
            key={one.sign}
            type="button"
            data-emoji={inTone(one, tone)}
            aria-label={one.label}
            title={`${one.label} :${one.names[0] ?? ''}:`}
            // One stop of the Tab key; arrows lead on.
            tabIndex={first && index === 0 ? 0 : -1}
            className="flex h-10 items-center justify-center rounded-sm text-[22px] leading-none outline-offset-[-2px] hover:bg-hover pointer-coarse:h-11"
          >
            <span aria-hidden>{inTone(one, tone)}</span>
          </button>
        ))}
      </div>
    </section>
  );
});

// Left and right by one, up and down to the nearest one of the next row.
function moveFocus(event: KeyboardEvent, list: HTMLElement | null): void {
  const all = Array.from(list?.querySelectorAll<HTMLElement>('[data-emoji]') ?? []);
  const at = all.indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  const to = event.key === 'Home' ? all[0] : event.key === 'End' ? all[all.length - 1] : undefined;
  const next = to ?? (step === undefined ? undefined : event.key === 'ArrowDown' || event.key === 'ArrowUp' ? inNextRow(all, at, step) : all[at + step]);
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function inNextRow(all: HTMLElement[], at: number, step: number): HTMLElement | undefined {
  const from = (all[at] as HTMLElement).getBoundingClientRect();
  const distance = (element: HTMLElement) => Math.abs(element.getBoundingClientRect().left - from.left);
  let best: HTMLElement | undefined;
  let row: number | null = null;
  for (let index = at + step; index >= 0 && index < all.length; index += step) {
    const element = all[index] as HTMLElement;
    const { top } = element.getBoundingClientRect();
    if (Math.abs(top - from.top) < 4) continue;
    row ??= top;
    if (Math.abs(top - row) > 4) break;
    if (!best || distance(element) < distance(best)) best = element;
  }
  return best;
}

const hand = '✋';

function Tones({ tone }: { tone: number }) {
  const sign = emojiOf(hand);
  return (
    <div role="radiogroup" aria-label={emojiStrings.tone} className="flex justify-end gap-0.5 border-t border-line p-1">
      {emojiStrings.tones.map((label, index) => (
        <button
          key={label}
          type="button"
          role="radio"
          aria-checked={tone === index}
          aria-label={label}
          data-tip={label}
          onClick={() => chooseTone(index)}
          className={cn('flex size-8 items-center justify-center rounded-sm text-read hover:bg-hover pointer-coarse:size-11', tone === index && 'bg-selected')}
        >
          <span aria-hidden>{sign ? inTone(sign, index) : hand}</span>
        </button>
      ))}
    </div>
  );
}
