import { useMemo, useState, type RefObject } from 'react';
import { noteEmoji } from '@/components/emoji/recent';
import { useEmoji } from '@/components/emoji/use-emoji';
import { useMe } from '@/features/auth/entry';
import { useMembers } from '@/features/chat/entry';
import type { Command } from '@/features/composer/state/commands';
import { completionAt } from '@/lib/text-continuation';
import { writeInto } from '@/lib/write-into';
import { suggestionsFor, type Suggestion } from './suggestions';

export const completionListId = 'completion-list';

interface CompletionOptions {
  chatId: string;
  text: string;
  area: RefObject<HTMLTextAreaElement | null>;
  commands: readonly Command[];
  extra?: readonly Suggestion[];
  setText: (text: string) => void;
}

// The popup that opens at @, : and /: what is offered, which one is chosen, and what keys do.
export function useCompletion({ chatId, text, area, commands, extra, setText }: CompletionOptions) {
  const me = useMe();
  const { data: members } = useMembers(chatId);
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  // Where the word stands at which Escape closed the popup.
  const [closedAt, setClosedAt] = useState(-1);
  const found = completionAt(text, Math.min(caret, text.length));
  const emoji = useEmoji(found?.sign === ':');
  const suggestions = useMemo(
    () => (found ? suggestionsFor(found, { members: members ?? [], meId: me.id, commands, extra: extra ?? [], emoji }) : []),
    [found?.sign, found?.query, members, me.id, commands, extra, emoji], // eslint-disable-line react-hooks/exhaustive-deps -- only the word decides
  );
  const open = found !== null && found.from !== closedAt && suggestions.length > 0;
  const at = Math.min(active, suggestions.length - 1);

  const choose = (suggestion: Suggestion) => {
    if (!found) return;
    if (found.sign === ':') noteEmoji(suggestion.text);
    const head = `${text.slice(0, found.from)}${suggestion.text} `;
    const change = () => {
      setText(head + text.slice(caret).replace(/^ /, ''));
      setCaret(head.length);
      setActive(0);
    };
    area.current?.focus();
    writeInto(area.current, change, head.length);
  };
  const onKey = (key: string): boolean => {
    const chosen = suggestions[at];
    if (!open || !chosen) return false;
    // A command that is written out is called by Enter.
    if (key === 'Enter' && chosen.text === `/${found.query}`) return false;
    if (key === 'ArrowDown') setActive((at + 1) % suggestions.length);
    else if (key === 'ArrowUp') setActive((at + suggestions.length - 1) % suggestions.length);
    else if (key === 'Enter' || key === 'Tab' || key === ':' && chosen.detail === `:${found.query}:`) choose(chosen);
    else if (key === 'Escape') setClosedAt(found.from);
    else return false;
    return true;
  };
  return {
    open,
    sign: found?.sign ?? '@',
    suggestions,
    active: at,
    choose,
    onKey,
    onSelect: (event: { currentTarget: HTMLTextAreaElement }) => setCaret(event.currentTarget.selectionStart),
    aria: {
      'aria-autocomplete': 'list' as const,
      'aria-controls': open ? completionListId : undefined,
      'aria-activedescendant': open ? `${completionListId}-${at}` : undefined,
    },
  };
}

export type CompletionState = ReturnType<typeof useCompletion>;
