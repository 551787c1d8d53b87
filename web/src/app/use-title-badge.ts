import { useEffect } from 'react';
import { useParams } from 'react-router';
import { callsIn } from '@/features/chat/state/attention';
import { titleOf, useChats } from '@/features/chat/state/use-chats';
import { appStrings } from '@/i18n/app';

// The fruit with a dot, for the tab's icon. A blob would need img-src blob:, so both pictures are files.
const icons = { read: '/favicon.svg', unread: '/favicon-unread.svg' };

// The tab's title counts what calls for the reader; the icon has a dot while anything is unread.
export function useTitleBadge(): void {
  const { data: chats } = useChats();
  const { chatId } = useParams();
  const chat = chats?.find((other) => other.id === chatId);
  const { calls, waiting } = callsIn(chats ?? []);
  const name = chat ? `${titleOf(chat)} · ${appStrings.app.name}` : appStrings.app.name;
  useEffect(() => {
    document.title = calls > 0 ? `(${calls > 99 ? '99+' : calls}) ${name}` : name;
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    const icon = waiting ? icons.unread : icons.read;
    if (link && link.getAttribute('href') !== icon) link.setAttribute('href', icon);
  }, [calls, waiting, name]);
  useEffect(() => () => {
    document.title = appStrings.app.name;
  }, []);
}
