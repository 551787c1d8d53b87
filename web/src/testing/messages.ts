import type { Message, MessagePage } from '@/api/contracts.gen';

// Messages for tests.
export function message(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `id-${seq}`, chat_id: 'chat', seq, client_id: `client-${seq}`,
    sender: { id: 'ada', username: 'ada', display_name: 'Ada', kind: 'person' },
    text: `text ${seq}`, reply_to: null, mentions: [], created_at: new Date(Date.UTC(2026, 5, 1, 12, 0, seq)).toISOString(),
    edited_at: null, deleted_at: null, generationId: null, ...change,
  };
}

export function page(from: number, to: number, head: number): MessagePage {
  const items = [];
  for (let seq = from; seq <= to; seq += 1) items.push(message(seq));
  return { items, first_seq: items.length ? from : null, last_seq: items.length ? to : null, head_seq: head };
}
