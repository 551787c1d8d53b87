import type { PublicUser } from '@/api/contracts.gen';

export type Named = Pick<PublicUser, 'username' | 'display_name' | 'name_shared'>;

// Who somebody is in running words: with the user name where the server says that others are called the same.
export const nameOf = (person: Named): string =>
  person.name_shared ? `${person.display_name} (@${person.username})` : person.display_name;
