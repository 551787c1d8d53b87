import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent } from 'react';
import type { ListItem } from '@/features/conversations/state/chat-sections';
import { useWatchPresence } from '@/features/presence/entry';
import { useSettings, type SectionName } from '@/features/settings/entry';
import { conversationsStrings } from '@/i18n/conversations';
import { useRemPixels } from '@/lib/hooks/use-media';
import { ConversationRow } from './conversation-row';

// In rem: rows grow with the browser's text size.
const heights = { cosy: { chat: 3.75, section: 2.25, age: 1.75 }, compact: { chat: 2, section: 2, age: 1.75 } };
const leastTouch = 2.75;

interface ConversationRowsProps {
  items: ListItem[];
  activeId: string | undefined;
  now: Date;
}

// One stop for Tab: arrows move between the rows, left and right fold a section.
export function ConversationRows({ items, activeId, now }: ConversationRowsProps) {
  const scroller = useRef<HTMLElement>(null);
  const density = useSettings((state) => state.density);
  const { rem, coarse } = useRemPixels();
  // The row that Tab leads to, once one had the focus.
  const [stopKey, setStopKey] = useState<string | null>(null);
  const heightOf = (item: ListItem | undefined) => {
    const height = heights[density][item?.kind ?? 'chat'];
    return rem * (coarse && item?.kind !== 'age' ? Math.max(height, leastTouch) : height);
  };
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(items[index]),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
    gap: 1,
    paddingEnd: 12,
  });
  useEffect(() => virtualizer.measure(), [density, rem, coarse, items, virtualizer]);
  const drawn = virtualizer.getVirtualItems();
  useWatchPresence(drawn.flatMap(({ index }) => {
    const item = items[index];
    return item?.kind === 'chat' ? (item.chat.peer?.id ?? []) : [];
  }));
  const isDrawn = (key: string | null | undefined) => drawn.some(({ index }) => items[index]?.key === key);
  const firstRow = drawn.find(({ index }) => items[index]?.kind !== 'age');
  const stop = [stopKey, activeId].find(isDrawn) ?? items[firstRow?.index ?? 0]?.key;

  const focusAt = (index: number) => {
    const key = items[index]?.key;
    if (key === undefined) return;
    setStopKey(key);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    focusRow(scroller.current, key, 10);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const at = items.findIndex(({ key }) => key === keyOf(event.target));
    const to = nextIndex(items, at, event.key);
    const item = items[at];
    if (item?.kind === 'section' && isFoldKey(event.key, item.folded)) fold(item.name);
    else if (to === null) return;
    else focusAt(to);
    event.preventDefault();
  };
  return (
    <nav
      ref={scroller}
      aria-label={conversationsStrings.label}
      onKeyDown={onKeyDown}
      onFocus={(event: FocusEvent) => setStopKey(keyOf(event.target) ?? null)}
      className="min-h-0 flex-1 overflow-y-auto px-2"
    >
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {drawn.map(({ key, index, size, start }) => {
          const item = items[index];
          if (!item) return null;
          const tab = item.key === stop ? 0 : -1;
          return (
            <li key={key} data-item={item.key} className="absolute inset-x-0 top-0" style={{ height: size, transform: `translateY(${start}px)` }}>
              {item.kind === 'chat' && <ConversationRow chat={item.chat} now={now} active={item.chat.id === activeId} tabIndex={tab} />}
              {item.kind === 'section' && <SectionRow item={item} tabIndex={tab} />}
              {item.kind === 'age' && <h3 className="flex h-full items-end px-2.5 pb-0.5 text-small text-faint">{conversationsStrings.ages[item.age]}</h3>}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

const keyOf = (target: EventTarget): string | undefined =>
  target instanceof HTMLElement ? target.closest<HTMLElement>('[data-item]')?.dataset.item : undefined;

const isFoldKey = (key: string, folded: boolean): boolean => (folded ? key === 'ArrowRight' : key === 'ArrowLeft');

const pageRows = 8;

// Where a key leads from the row at `at`; headings that do nothing are passed over.
function nextIndex(items: readonly ListItem[], at: number, key: string): number | null {
  const by = { ArrowDown: 1, ArrowUp: -1, PageDown: pageRows, PageUp: -pageRows, Home: -items.length, End: items.length }[key];
  if (by === undefined) return null;
  const clamped = Math.min(Math.max(at + by, 0), items.length - 1);
  if (items[clamped]?.kind !== 'age') return clamped;
  const onward = clamped + Math.sign(by);
  return items[onward] ? onward : null;
}

// A row that was out of sight needs a frame or two before it is there.
function focusRow(scroller: HTMLElement | null, key: string, tries: number): void {
  const row = Array.from(scroller?.querySelectorAll<HTMLElement>('[data-item]') ?? []).find((one) => one.dataset.item === key);
  const target = row?.querySelector<HTMLElement>('[data-row]');
  if (target) target.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(scroller, key, tries - 1));
}

function fold(name: SectionName): void {
  const { folded, set } = useSettings.getState();
  set({ folded: folded.includes(name) ? folded.filter((other) => other !== name) : [...folded, name] });
}

function SectionRow({ item, tabIndex }: { item: Extract<ListItem, { kind: 'section' }>; tabIndex: number }) {
  const Icon = item.folded ? ChevronRight : ChevronDown;
  return (
    <h2 className="h-full">
      <button
        type="button"
        data-row
        tabIndex={tabIndex}
        aria-expanded={!item.folded}
        onClick={() => fold(item.name)}
        className="flex h-full w-full items-center gap-1 rounded-sm px-1.5 pt-1 text-start text-small font-medium text-faint outline-offset-[-2px] transition-colors hover:text-ink"
      >
        <Icon size={14} aria-hidden className="shrink-0 rtl:-scale-x-100" />
        <span className="min-w-0 flex-1 truncate">{conversationsStrings.sections[item.name]}</span>
        {item.folded && <span className="tabular pe-1 font-normal">{item.count}</span>}
      </button>
    </h2>
  );
}
