import type { Chat } from '@/api/contracts.gen';
import { activityOf } from '@/features/chat/entry';
import type { SectionName } from '@/features/settings/entry';
import { dayNumber } from '@/lib/time';

export type Age = 'today' | 'yesterday' | 'earlier';

export type ListItem =
  | { kind: 'section'; key: string; name: SectionName; count: number; unread: number; folded: boolean }
  | { kind: 'age'; key: string; age: Age }
  | { kind: 'chat'; key: string; chat: Chat };

const sectionOf: Record<Chat['kind'], SectionName> = { group: 'rooms', direct: 'people', assistant: 'assistants' };
const names: SectionName[] = ['rooms', 'people', 'assistants'];

const chatItem = (chat: Chat): ListItem => ({ kind: 'chat', key: chat.id, chat });

interface Sections {
  chats: readonly Chat[];
  folded: readonly SectionName[];
  activeId: string | undefined;
  now: Date;
}

// The list by kind, each section in the order given. One that is folded shows what is open and what is unread.
export function buildSections({ chats, folded, activeId, now }: Sections): ListItem[] {
  return names.flatMap((name): ListItem[] => {
    const own = chats.filter((chat) => sectionOf[chat.kind] === name);
    if (own.length === 0) return [];
    const isFolded = folded.includes(name);
    const unread = own.filter((chat) => (chat.me?.unread ?? 0) > 0).length;
    const shown = isFolded ? own.filter((chat) => chat.id === activeId || (chat.me?.unread ?? 0) > 0) : own;
    const rows = name === 'assistants' && !isFolded ? byAge(shown, now) : shown.map(chatItem);
    return [{ kind: 'section', key: `section-${name}`, name, count: own.length, unread, folded: isFolded }, ...rows];
  });
}

// Chats with assistants by when they were last used: there are many, and each is used for a day.
export function byAge(chats: readonly Chat[], now: Date): ListItem[] {
  const items: ListItem[] = [];
  let last: Age | null = null;
  for (const chat of chats) {
    const age = ageOf(chat, now);
    if (age !== last) items.push({ kind: 'age', key: `age-${age}`, age });
    last = age;
    items.push(chatItem(chat));
  }
  return items;
}

function ageOf(chat: Chat, now: Date): Age {
  const days = dayNumber(now) - dayNumber(new Date(activityOf(chat)));
  if (days <= 0) return 'today';
  return days === 1 ? 'yesterday' : 'earlier';
}
