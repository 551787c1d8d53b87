import { useMemo, useState, type RefObject } from 'react';
import type { PublicUser } from '@/api/contracts.gen';
import { fuzzySearch } from '@/lib/fuzzy';
import { useMe } from '@/lib/session';
import { mentionAt } from '@/lib/text-continuation';
import { useMembers } from '@/lib/use-chats';

const mostShown = 6;
export const mentionListId = 'mention-list';

// The popup that opens at @: who is offered, which one is chosen, and what keys do.
export function useMention(chatId: string, text: string, area: RefObject<HTMLTextAreaElement | null>, setText: (text: string) => void) {
  const me = useMe();
  const { data: members } = useMembers(chatId);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  // The @ at which Escape closed the popup.
  const [closedAt, setClosedAt] = useState(-1);
  const found = mentionAt(text, Math.min(caret, text.length));
  const people = useMemo(() => {
    if (!found) return [];
    const entries = (members ?? [])
      .filter((member) => member.user.id !== me.id)
      .map(({ user }) => ({ value: user, text: `${user.display_name} ${user.username}`, rank: 0 }));
    return fuzzySearch(entries, found.query, mostShown).map((match) => match.value);
  }, [found?.query, members, me.id]); // eslint-disable-line react-hooks/exhaustive-deps -- only the query decides
  const open = found !== null && found.from !== closedAt && people.length > 0;
  const at = Math.min(active, people.length - 1);

  const choose = (user: PublicUser) => {
    if (!found) return;
    const head = `${text.slice(0, found.from)}@${user.username} `;
    setText(head + text.slice(caret).replace(/^ /, ''));
    setCaret(head.length);
    setActive(0);
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(head.length, head.length);
    });
  };
  const onKey = (key: string): boolean => {
    const chosen = people[at];
    if (!open || !chosen) return false;
    if (key === 'ArrowDown') setActive((at + 1) % people.length);
    else if (key === 'ArrowUp') setActive((at + people.length - 1) % people.length);
    else if (key === 'Enter' || key === 'Tab') choose(chosen);
    else if (key === 'Escape') setClosedAt(found.from);
    else return false;
    return true;
  };
  return {
    open,
    people,
    active: at,
    choose,
    onKey,
    onSelect: (event: { currentTarget: HTMLTextAreaElement }) => setCaret(event.currentTarget.selectionStart),
    aria: {
      'aria-autocomplete': 'list' as const,
      'aria-controls': open ? mentionListId : undefined,
      'aria-activedescendant': open ? `${mentionListId}-${at}` : undefined,
    },
  };
}

export type Mention = ReturnType<typeof useMention>;
