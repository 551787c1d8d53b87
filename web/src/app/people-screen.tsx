import { PeoplePage } from '@/features/people/components/people-page';
import { PresenceLine } from '@/features/presence/components/presence-line';

export function PeopleScreen() {
  return <PeoplePage presence={(userId) => <PresenceLine userId={userId} />} />;
}
