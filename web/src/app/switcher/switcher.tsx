import { CornerDownLeft, Search } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Dialog } from '@/components/floating/dialog';
import { useOverlays } from '@/components/floating/overlays';
import { switcherStrings } from '@/i18n/switcher';
import { cn } from '@/lib/cn';
import { useNow } from '@/lib/hooks/use-now';
import { listTime } from '@/lib/time';
import { useSwitcherEntries, type SwitcherEntry } from './switcher-entries';

const listId = 'switcher-list';
const close = () => useOverlays.setState({ switcher: false });

// One box for chats, people, actions and settings.
export function Switcher() {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const entries = useSwitcherEntries(query);
  const now = useNow(60_000);
  const at = Math.min(active, Math.max(0, entries.length - 1));
  const choose = (entry: SwitcherEntry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) setActive((at + by + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') choose(entries[at]);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    list.current?.querySelector(`#${listId}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [at, entries]);
  const groups = useMemo(() => entries.map((entry, index) => (entries[index - 1]?.group === entry.group ? null : entry.group)), [entries]);
  return (
    <Dialog title={switcherStrings.title} onClose={close} shape="bare">
      <div className="flex max-h-[inherit] flex-col">
        <div className="flex h-13 shrink-0 items-center gap-3 border-b border-line px-4">
          <Search size={18} aria-hidden className="text-faint" />
          <input
            autoFocus
            role="combobox"
            aria-expanded
            aria-controls={listId}
            aria-activedescendant={entries.length ? `${listId}-${at}` : undefined}
            aria-label={switcherStrings.title}
            placeholder={switcherStrings.placeholder}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
            className="h-full min-w-0 flex-1 bg-transparent text-read outline-none"
          />
        </div>
        <ul ref={list} id={listId} role="listbox" aria-label={switcherStrings.results} className="min-h-0 flex-1 overflow-y-auto p-2">
          {entries.map((entry, index) => (
            <Option key={entry.id} entry={entry} index={index} active={index === at} group={groups[index] ?? null} now={now} onPoint={setActive} onChoose={choose} />
          ))}
          {entries.length === 0 && <li role="presentation" className="px-3 py-10 text-center text-faint">{switcherStrings.nothing(query)}</li>}
        </ul>
        <p className="shrink-0 border-t border-line px-4 py-2 text-small text-faint">{switcherStrings.noMessages}</p>
      </div>
    </Dialog>
  );
}

interface OptionProps {
  entry: SwitcherEntry;
  index: number;
  active: boolean;
  group: string | null;
  now: Date;
  onPoint: (index: number) => void;
  onChoose: (entry: SwitcherEntry) => void;
}

function Option({ entry, index, active, group, now, onPoint, onChoose }: OptionProps) {
  return (
    <>
      {group && <li role="presentation" className="px-2 pt-2 pb-1 text-small font-medium text-faint">{group}</li>}
      <li
        id={`${listId}-${index}`}
        role="option"
        aria-selected={active}
        onPointerMove={() => !active && onPoint(index)}
        onClick={() => onChoose(entry)}
        className={cn('flex h-11 items-center gap-3 rounded-sm px-2', active && 'bg-selected')}
      >
        <span className="flex w-8 shrink-0 justify-center text-soft">{entry.picture}</span>
        <span className="min-w-0 flex-1 truncate" dir="auto">
          {entry.title} {entry.detail && <span className="text-faint">{entry.detail}</span>}
        </span>
        {entry.time && <time dateTime={entry.time} className="shrink-0 text-small text-faint">{listTime(entry.time, now)}</time>}
        {active && <CornerDownLeft size={16} aria-hidden className="text-faint" />}
      </li>
    </>
  );
}
