import { Avatar } from '@/components/avatar';
import { usePresenceState } from '@/features/presence/state/presence';

interface PersonAvatarProps {
  id: string;
  name: string;
  size?: 'small' | 'medium' | 'large' | 'huge';
}

// A person's picture with a dot that says whether they are there.
export function PersonAvatar({ id, name, size }: PersonAvatarProps) {
  return <Avatar id={id} name={name} size={size} presence={usePresenceState(id)} />;
}
