import { expect, it, vi } from 'vitest';
import { createEventTable } from './event-table';

interface Feeds {
  '/topic/rooms/': { type: 'said'; text: string } | { type: 'left' };
  '/queue/own': { type: 'said'; text: string };
}

const said = { type: 'said', text: 'hello' } as const;

it('tells everybody who registered, in that order, with the subject of the destination', () => {
  const table = createEventTable<Feeds>();
  const heard: string[] = [];
  table.on('/topic/rooms/', { events: { said: (event, room) => heard.push(`first ${room} ${event.text}`) } });
  table.on('/topic/rooms/', { events: { said: (_, room) => heard.push(`second ${room}`) } });

  table.receive('/topic/rooms/kitchen', said);

  expect(heard).toEqual(['first kitchen hello', 'second kitchen']);
});

it('tells nobody of another feed, of another type, or who has let go', () => {
  const table = createEventTable<Feeds>();
  const handler = vi.fn();
  table.on('/queue/own', { events: { said: handler } });
  table.on('/topic/rooms/', { events: { left: handler } });
  const letGo = table.on('/topic/rooms/', { events: { said: handler } });
  letGo();

  table.receive('/topic/rooms/kitchen', said);

  expect(handler).not.toHaveBeenCalled();
});

it('takes no event for a name that every object has', () => {
  const table = createEventTable<Feeds>();
  table.on('/queue/own', { events: { said: vi.fn() } });

  expect(() => table.receive('/queue/own', { type: 'toString' })).not.toThrow();
});

it('says where a subscription is in force, and where it was refused', () => {
  const table = createEventTable<Feeds>();
  const handlers = { onFollowed: vi.fn(), onRefused: vi.fn() };
  table.on('/topic/rooms/', handlers);

  table.followed('/topic/rooms/kitchen');
  table.refused('/topic/rooms/cellar');

  expect([handlers.onFollowed.mock.calls, handlers.onRefused.mock.calls]).toEqual([[['kitchen']], [['cellar']]]);
});
