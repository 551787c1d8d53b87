import { Compass, MessagesSquare, Search, Settings, UserRound, UsersRound } from 'lucide-react';
import { strings } from '@/lib/strings';

// The app's places, for the rail and the bottom bar.
export const chatsPlace = { to: '/', label: strings.places.chats, icon: MessagesSquare };
export const peoplePlace = { to: '/people', label: strings.places.people, icon: UsersRound };
export const roomsPlace = { to: '/rooms', label: strings.places.rooms, icon: Compass };
export const settingsPlace = { to: '/settings', label: strings.places.settings, icon: Settings };
export const mePlace = { to: '/settings', label: strings.places.me, icon: UserRound };
export const searchIcon = Search;

export function isAt(path: string, place: string): boolean {
  if (place === '/') return path === '/' || path.startsWith('/c/');
  return path === place || path.startsWith(`${place}/`);
}
