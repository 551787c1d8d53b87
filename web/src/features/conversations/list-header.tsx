import { Archive, AtSign, ListFilter as FilterIcon, Inbox, MailOpen, Search, Sparkle, SquarePen, UserRound, UsersRound } from 'lucide-react';
import { useNavigate } from 'react-router';
import { Menu } from '@/components/menu';
import { strings } from '@/lib/strings';
import { useUi } from '@/lib/ui-store';

export type ListFilter = 'all' | 'unread' | 'direct' | 'rooms' | 'assistants' | 'archived';

const icons = { all: Inbox, unread: MailOpen, direct: AtSign, rooms: UsersRound, assistants: Sparkle, archived: Archive };
const filters: ListFilter[] = ['all', 'unread', 'direct', 'rooms', 'assistants', 'archived'];

export function ListHeader({ filter, onFilter }: { filter: ListFilter; onFilter: (filter: ListFilter) => void }) {
  const navigate = useNavigate();
  return (
    <header className="shrink-0 px-2 pb-2">
      <div className="flex h-14 items-center gap-0.5 ps-2.5">
        <h1 className="min-w-0 flex-1 truncate text-title font-bold tracking-[-0.01em]">{strings.list.filters[filter]}</h1>
        <Menu
          icon={FilterIcon}
          label={strings.list.filter}
          items={filters.map((value) => ({
            label: strings.list.filters[value],
            icon: icons[value],
            checked: value === filter,
            onSelect: () => onFilter(value),
          }))}
        />
        <Menu
          icon={SquarePen}
          label={strings.list.newChat}
          items={[
            { label: strings.list.newAssistant, icon: Sparkle, onSelect: () => void navigate('/new') },
            { label: strings.list.newRoom, icon: UsersRound, onSelect: () => void navigate('/new/room') },
            { label: strings.list.newDirect, icon: UserRound, onSelect: () => void navigate('/people') },
          ]}
        />
      </div>
      <button
        type="button"
        onClick={() => useUi.setState({ switcherOpen: true })}
        className="flex h-9 w-full items-center gap-2 rounded-sm border border-line bg-raised px-2.5 text-start text-faint transition-colors hover:border-line-strong/60 hover:text-soft pointer-coarse:h-11"
      >
        <Search size={16} aria-hidden />
        <span className="flex-1 truncate">{strings.list.find}</span>
        <kbd className="rounded-[5px] border border-line px-1.5 font-sans text-small pointer-coarse:hidden">{strings.keys.switcher}</kbd>
      </button>
    </header>
  );
}
