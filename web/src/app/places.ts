import { Compass, MessagesSquare, Search, Settings, UserRound, UsersRound } from 'lucide-react';
import { appStrings } from '@/i18n/app';

// The app's places, for the rail and the bottom bar.
export const chatsPlace = { to: '/', label: appStrings.places.chats, icon: MessagesSquare };
export const peoplePlace = { to: '/people', label: appStrings.places.people, icon: UsersRound };
export const roomsPlace = { to: '/rooms', label: appStrings.places.rooms, icon: Compass };
export const settingsPlace = { to: '/settings', label: appStrings.places.settings, icon: Settings };
export const mePlace = { to: '/settings', label: appStrings.places.me, icon: UserRound };
export const searchIcon = Search;

export function isAt(path: string, place: string): boolean {
  if (place === '/') return path === '/' || path.startsWith('/c/');
  return path === place || path.startsWith(`${place}/`);
}
