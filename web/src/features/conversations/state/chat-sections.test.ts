import { describe, expect, it } from 'vitest';
import type { Chat } from '@/api/contracts.gen';
import { callsIn, callsOf } from '@/features/chat/entry';
import { buildSections, type ListItem } from './chat-sections';

const now = new Date(2026, 10, 20, 12);
const daysAgo = (days: number) => new Date(2026, 10, 20 - days, 9).toISOString();

function chat(id: string, kind: Chat['kind'], more: Partial<Chat> = {}, unread = 0): Chat {
  return {
    id, kind, title: id, visibility: 'private', created_at: daysAgo(0), updated_at: daysAgo(0), archived: false, last_seq: 10, member_count: 2,
    me: { role: 'member', read_seq: 10 - unread, unread, mentions: 0 }, peer: null, assistant: null, last_message: null, ...more,
  };
}

const said = (items: ListItem[]) =>
  items.map((item) => (item.kind === 'chat' ? item.chat.id : item.kind === 'age' ? item.age : `${item.name}:${item.count}/${item.unread}${item.folded ? ' folded' : ''}`));

const chats = [
  chat('q1', 'assistant'), chat('garden', 'group', {}, 2), chat('q2', 'assistant', { created_at: daysAgo(1) }), chat('june', 'direct'),
  chat('hikes', 'group'), chat('q3', 'assistant', { created_at: daysAgo(9) }), chat('q4', 'assistant', { created_at: daysAgo(30) }),
];

describe('the list of chats', () => {
  it('has a section for each kind, and questions by their age', () => {
    expect(said(buildSections({ chats, folded: [], activeId: undefined, now }))).toEqual([
      'rooms:2/1', 'garden', 'hikes', 'people:1/0', 'june', 'assistants:4/0', 'today', 'q1', 'yesterday', 'q2', 'earlier', 'q3', 'q4',
    ]);
  });

  it('leaves out sections without chats', () => {
    expect(said(buildSections({ chats: [chats[3] as Chat], folded: [], activeId: undefined, now }))).toEqual(['people:1/0', 'june']);
  });

  it('shows of a folded section what is open and what is unread', () => {
    expect(said(buildSections({ chats, folded: ['rooms', 'assistants'], activeId: 'q3', now }))).toEqual([
      'rooms:2/1 folded', 'garden', 'people:1/0', 'june', 'assistants:4/0 folded', 'q3',
    ]);
  });
});

describe('what calls for me', () => {
  const mentioned = (mentions: number, more: Partial<Chat> = {}) =>
    chat('garden', 'group', { me: { role: 'member', read_seq: 7, unread: 3, mentions }, ...more });

  it('is all that is unread of a direct chat, and only mentions of a room', () => {
    expect(callsOf(chat('june', 'direct', {}, 3))).toBe(3);
    expect(callsOf(chat('garden', 'group', {}, 3))).toBe(0);
    expect(callsOf(mentioned(2))).toBe(2);
  });

  it('is nothing of what is archived or only looked at', () => {
    expect(callsOf(chat('june', 'direct', { archived: true }, 3))).toBe(0);
    expect(callsOf(mentioned(2, { archived: true }))).toBe(0);
    expect(callsOf(mentioned(2, { me: null }))).toBe(0);
  });

  it('is the sum of all chats; anything else that is unread waits', () => {
    expect(callsIn([mentioned(2), chat('june', 'direct', {}, 3), chat('hikes', 'group', {}, 40)])).toEqual({ calls: 5, waiting: true });
    expect(callsIn([chat('hikes', 'group', {}, 40)])).toEqual({ calls: 0, waiting: true });
    expect(callsIn([chat('hikes', 'group', { archived: true }, 40), chat('june', 'direct')])).toEqual({ calls: 0, waiting: false });
  });
});
