import { expect, it } from 'vitest';
import type { Member, Presence } from '@/api/contracts.gen';
import { buildMembers } from './member-sections';

const member = (name: string, role: Member['role'] = 'member'): Member => ({
  user: { id: name, username: name.toLowerCase(), display_name: name, kind: 'person', created_at: '' }, role, joined_at: '', read_seq: 0,
} as Member);
const presence = (...there: string[]) =>
  Object.fromEntries(there.map((id) => [id, { user_id: id, state: id === 'Zoe' ? 'away' : 'online', last_seen_at: null } as Presence]));
const members = [member('Tom'), member('Zoe'), member('Zoé Ng'), member('Ada', 'owner'), member('Person 10'), member('Person 9')];
const said = (query: string, ...there: string[]) =>
  buildMembers(members, presence(...there), query).map((item) => (item.kind === 'heading' ? `${item.there ? 'there' : 'not there'} ${item.count}` : item.key));

it('who is there comes first, by role and name', () => {
  expect(said('', 'Tom', 'Zoe', 'Ada')).toEqual(['there 3', 'Ada', 'Tom', 'Zoe', 'not there 3', 'Person 9', 'Person 10', 'Zoé Ng']);
});

it('a filter ignores case and marks, and takes user names', () => {
  expect(said('ZOE')).toEqual(['not there 2', 'Zoe', 'Zoé Ng']);
  expect(said('@tom')).toEqual(['not there 1', 'Tom']);
  expect(said('nobody')).toEqual([]);
});
