import type { Member, Presence } from '@/api/contracts.gen';

export type MemberItem =
  | { kind: 'heading'; key: string; there: boolean; count: number }
  | { kind: 'member'; key: string; member: Member };

const rank = { owner: 0, admin: 1, member: 2 };
const collator = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const folded = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLocaleLowerCase();

// Who is there first, then who is not; by role, then by name. `query` keeps those whose names hold it.
export function buildMembers(members: readonly Member[], presence: Readonly<Record<string, Presence>>, query: string): MemberItem[] {
  const wanted = folded(query.trim().replace(/^@/, ''));
  const found = members
    .filter(({ user }) => folded(`${user.display_name}\n${user.username}`).includes(wanted))
    .sort((a, b) => rank[a.role] - rank[b.role] || collator.compare(a.user.display_name, b.user.display_name));
  const isThere = ({ user }: Member) => (presence[user.id]?.state ?? 'offline') !== 'offline';
  return [true, false].flatMap((there): MemberItem[] => {
    const some = found.filter((member) => isThere(member) === there);
    if (some.length === 0) return [];
    return [
      { kind: 'heading', key: `heading-${there}`, there, count: some.length },
      ...some.map((member): MemberItem => ({ kind: 'member', key: member.user.id, member })),
    ];
  });
}
