import { useEffect } from 'react';
import { useParams } from 'react-router';
import { strings } from '@/lib/strings';
import { titleOf, useChats } from '@/lib/use-chats';

// The fruit with a dot, for the tab's icon. A blob would need img-src blob:, so both pictures are files.
const icons = { read: '/favicon.svg', unread: '/favicon-unread.svg' };

// The unread count in the tab's title and icon.
export function useTitleBadge(): void {
  const { data: chats } = useChats();
  const { chatId } = useParams();
  const chat = chats?.find((other) => other.id === chatId);
  const unread = (chats ?? []).reduce((sum, other) => sum + (other.archived ? 0 : (other.me?.unread ?? 0)), 0);
  const name = chat ? `${titleOf(chat)} · ${strings.app.name}` : strings.app.name;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread > 99 ? '99+' : unread}) ${name}` : name;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const icon = unread > 0 ? icons.unread : icons.read;
    if (link && link.getAttribute('href') !== icon) link.setAttribute('href', icon);
  }, [unread, name]);
  useEffect(() => () => {
    document.title = strings.app.name;
  }, []);
}
