import type { ReactNode } from 'react';
import type { Member } from '@/api/contracts.gen';
import { Avatar } from '@/components/avatar';
import { fuzzySearch } from '@/lib/fuzzy';
import type { Completion } from '@/lib/text-continuation';
import type { Command } from './commands';
import { findEmoji } from './emoji';

export interface Suggestion {
  id: string;
  picture: ReactNode;
  title: string;
  detail: string;
  // What takes the place of the word at the caret.
  text: string;
}

const mostShown = 6;

function people(query: string, members: readonly Member[], meId: string): Suggestion[] {
  const entries = members
    .filter((member) => member.user.id !== meId)
    .map(({ user }) => ({ value: user, text: `${user.display_name} ${user.username}`, rank: 0 }));
  return fuzzySearch(entries, query, mostShown).map(({ value: user }) => ({
    id: user.id,
    picture: <Avatar id={user.id} name={user.display_name} size="small" />,
    title: user.display_name,
    detail: `@${user.username}`,
    text: `@${user.username}`,
  }));
}

function signs(query: string): Suggestion[] {
  return findEmoji(query, mostShown).map(({ sign, name }) => ({
    id: name,
    picture: <span aria-hidden className="w-6 text-center text-read">{sign}</span>,
    title: name.replaceAll('_', ' '),
    detail: `:${name}:`,
    text: sign,
  }));
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

export function suggestionsFor(found: Completion, members: readonly Member[], meId: string, commands: readonly Command[]): Suggestion[] {
  if (found.sign === '@') return people(found.query, members, meId);
  return found.sign === ':' ? signs(found.query) : calls(found.query, commands);
}
