import { Search, Sparkle, SquarePen, UserRound, UsersRound } from 'lucide-react';
import { useRef, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { Menu } from '@/components/floating/menu';
import { useOverlays } from '@/components/floating/overlays';
import { basicStrings } from '@/i18n/basics';
import { conversationsStrings } from '@/i18n/conversations';
import { cn } from '@/lib/cn';
import { moveFocus } from '@/lib/focus';

export type ListFilter = 'all' | 'unread' | 'rooms' | 'people' | 'assistants' | 'archived';

const filters: ListFilter[] = ['all', 'unread', 'rooms', 'people', 'assistants', 'archived'];

export function ListHeader({ filter, onFilter }: { filter: ListFilter; onFilter: (filter: ListFilter) => void }) {
  const navigate = useNavigate();
  return (
    <header className="shrink-0 px-2 pb-1">
      <div className="flex h-14 items-center gap-0.5 ps-2.5">
        <h1 className="min-w-0 flex-1 truncate text-title font-bold tracking-[-0.01em]">{conversationsStrings.title}</h1>
        <Menu
          icon={SquarePen}
          label={conversationsStrings.newChat}
          items={[
            { label: conversationsStrings.newAssistant, icon: Sparkle, onSelect: () => void navigate('/new') },
            { label: conversationsStrings.newRoom, icon: UsersRound, onSelect: () => void navigate('/new/room') },
            { label: conversationsStrings.newDirect, icon: UserRound, onSelect: () => void navigate('/people') },
          ]}
        />
      </div>
      <button
        type="button"
        onClick={() => useOverlays.setState({ switcher: true })}
        className="flex h-9 w-full items-center gap-2 rounded-sm border border-line bg-raised px-2.5 text-start text-faint transition-colors hover:border-line-strong/60 hover:text-soft pointer-coarse:h-11"
      >
        <Search size={16} aria-hidden />
        <span className="flex-1 truncate">{conversationsStrings.find}</span>
        <kbd className="rounded-[5px] border border-line px-1.5 font-sans text-small pointer-coarse:hidden">{basicStrings.keys.switcher}</kbd>
      </button>
      <Chips filter={filter} onFilter={onFilter} />
    </header>
  );
}

// What is listed: one stop for Tab, arrows choose. A finger pushes the row along; for a mouse all are seen at once.
function Chips({ filter, onFilter }: { filter: ListFilter; onFilter: (filter: ListFilter) => void }) {
  const group = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || !group.current) return;
    event.preventDefault();
    moveFocus(group.current, 'button', by);
    (document.activeElement as HTMLElement | null)?.click();
  };
  return (
    <div
      ref={group}
      role="group"
      aria-label={conversationsStrings.filter}
      onKeyDown={onKeyDown}
      className="-mx-2 flex flex-wrap gap-1 px-2 pt-2 pb-1 pointer-coarse:flex-nowrap pointer-coarse:overflow-x-auto pointer-coarse:pe-8 pointer-coarse:[mask-image:linear-gradient(to_left,transparent,black_2rem)] pointer-coarse:[scrollbar-width:none]"
    >
      {filters.map((value) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === filter}
          tabIndex={value === filter ? 0 : -1}
          onClick={(event) => {
            onFilter(value);
            event.currentTarget.scrollIntoView({ block: 'nearest', inline: 'nearest' });
          }}
          className={cn(
            'h-7 shrink-0 rounded-full border px-2.5 text-small outline-offset-[-1px] transition-colors pointer-coarse:h-11 pointer-coarse:px-4',
            value === filter ? 'border-transparent bg-selected font-medium text-ink' : 'border-line text-soft hover:bg-hover hover:text-ink',
          )}
        >
          {conversationsStrings.filters[value]}
        </button>
      ))}
    </div>
  );
}
