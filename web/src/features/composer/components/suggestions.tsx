import type { ReactNode } from 'react';
import type { Member } from '@/api/contracts.gen';
import { Avatar } from '@/components/avatar';
import { useRecentEmoji } from '@/components/emoji/recent';
import type { EmojiData } from '@/components/emoji/use-emoji';
import type { Command } from '@/features/composer/state/commands';
import { fuzzySearch } from '@/lib/fuzzy';
import type { Completion } from '@/lib/text-continuation';

export interface Suggestion {
  id: string;
  picture: ReactNode;
  title: string;
  detail: string;
  // What takes the place of the word at the caret.
  text: string;
}

const mostShown = 6;

export interface Offers {
  members: readonly Member[];
  meId: string;
  commands: readonly Command[];
  // Who can be mentioned besides the members; they come first.
  extra: readonly Suggestion[];
  // Null until they are loaded.
  emoji: EmojiData | null;
}

function people(query: string, { members, meId, extra }: Offers): Suggestion[] {
  const first = extra.filter(({ text, title }) => text.slice(1).startsWith(query.toLowerCase()) || title.toLowerCase().startsWith(query.toLowerCase()));
  const entries = members
    .filter((member) => member.user.id !== meId)
    .map(({ user }) => ({ value: user, text: `${user.display_name} ${user.username}`, rank: 0 }));
  const found = fuzzySearch(entries, query, mostShown - first.length).map(({ value: user }) => ({
    id: user.id,
    picture: <Avatar id={user.id} name={user.display_name} size="small" />,
    title: user.display_name,
    detail: `@${user.username}`,
    text: `@${user.username}`,
  }));
  return [...first, ...found];
}

function signs(query: string, data: EmojiData | null): Suggestion[] {
  if (!data) return [];
  const { recent, tone } = useRecentEmoji.getState();
  return data.findEmoji(query, mostShown, recent).map((one) => {
    const sign = data.inTone(one, tone);
    // The name that the query is the beginning of.
    const name = one.names.find((known) => known.startsWith(query.toLowerCase())) ?? one.names[0] ?? '';
    return {
      id: one.sign,
      picture: <span aria-hidden className="w-6 text-center text-read">{sign}</span>,
      title: name.replaceAll('_', ' '),
      detail: `:${name}:`,
      text: sign,
    };
  });
}

function calls(query: string, commands: readonly Command[]): Suggestion[] {
  return commands.filter(({ name }) => name.startsWith(query)).map(({ name, argument, help }) => ({
    id: name,
    picture: null,
    title: argument === null ? `/${name}` : `/${name} ${argument}`,
    detail: help,
    text: `/${name}`,
  }));
}

export function suggestionsFor(found: Completion, offers: Offers): Suggestion[] {
  if (found.sign === '@') return people(found.query, offers);
  return found.sign === ':' ? signs(found.query, offers.emoji) : calls(found.query, offers.commands);
}
