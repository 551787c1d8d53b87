import { useQuery } from '@tanstack/react-query';
import { Bell, ChartColumn, Compass, Keyboard, LogOut, MonitorSmartphone, Moon, Palette, ShieldCheck, Sparkle, SquarePen, Sun, UserRound, UsersRound, type LucideIcon } from 'lucide-react';
import { useDeferredValue, useMemo, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { Chat, PublicUser } from '@/api/contracts.gen';
import { searchUsers } from '@/api/people';
import { keys } from '@/api/query-client';
import { Avatar, RoomIcon } from '@/components/avatar';
import { showToast } from '@/components/floating/notices';
import { useOverlays } from '@/components/floating/overlays';
import { signOut, useMe } from '@/features/auth/state/session';
import { openDirectChat } from '@/features/chat/state/chat-actions';
import { activityOf } from '@/features/chat/state/chat-cache';
import { titleOf, useSortedChats } from '@/features/chat/state/use-chats';
import { useSettings } from '@/features/settings/state/settings-store';
import { appStrings } from '@/i18n/app';
import { authStrings } from '@/i18n/auth';
import { chatStrings } from '@/i18n/chat';
import { conversationsStrings } from '@/i18n/conversations';
import { switcherStrings } from '@/i18n/switcher';
import { errorText } from '@/lib/errors';
import { fuzzySearch, type FuzzyEntry } from '@/lib/fuzzy';

export interface SwitcherEntry {
  id: string;
  group: string;
  title: string;
  detail: string;
  // When it was last used.
  time?: string;
  picture: ReactNode;
  run: () => void;
}

const mostShown = 40;
const groups = switcherStrings.groups;

type Go = (path: string) => void;

function chatEntries(chats: Chat[], go: Go): FuzzyEntry<SwitcherEntry>[] {
  return chats.map((chat, index) => {
    const { peer } = chat;
    const title = titleOf(chat);
    const picture = chat.kind === 'direct' ? <Avatar id={peer?.id ?? chat.id} name={title} /> : <RoomIcon chat={chat} />;
    const about = chat.kind === 'group' ? chatStrings.members(chat.member_count) : peer ? `@${peer.username}` : '';
    const detail = chat.archived ? switcherStrings.archived : about;
    const entry = { id: chat.id, group: groups.chats, title, detail, time: activityOf(chat), picture, run: () => go(`/c/${chat.id}`) };
    return { value: entry, text: `${title} ${peer?.username ?? ''}`, rank: 100_000 - index };
  });
}

function personEntries(people: PublicUser[], go: Go): FuzzyEntry<SwitcherEntry>[] {
  return people.map((user, index) => {
    const run = () => {
      openDirectChat(user.id).then((chatId) => go(`/c/${chatId}`), (error: unknown) => showToast(errorText(error), 'bad'));
    };
    const picture = <Avatar id={user.id} name={user.display_name} />;
    const entry = { id: user.id, group: groups.people, title: user.display_name, detail: `@${user.username}`, picture, run };
    return { value: entry, text: `${user.display_name} ${user.username}`, rank: 50_000 - index };
  });
}

function actionEntries(go: Go): FuzzyEntry<SwitcherEntry>[] {
  const { theme, set } = useSettings.getState();
  const isDark = document.documentElement.dataset.theme === 'dark';
  const list: [string, string, LucideIcon, () => void][] = [
    [groups.actions, conversationsStrings.newAssistant, Sparkle, () => go('/new')],
    [groups.actions, appStrings.pages.newRoom, SquarePen, () => go('/new/room')],
    [groups.actions, switcherStrings.messageSomeone, UsersRound, () => go('/people')],
    [groups.actions, appStrings.pages.rooms, Compass, () => go('/rooms')],
    [groups.actions, isDark ? switcherStrings.useLight : switcherStrings.useDark, isDark ? Sun : Moon, () => set({ theme: isDark ? 'light' : 'dark' })],
    [groups.actions, appStrings.pages.help, Keyboard, () => useOverlays.setState({ help: true })],
    [groups.actions, authStrings.signOut, LogOut, () => void signOut(false)],
    [groups.settings, appStrings.pages.settingsParts.profile, UserRound, () => go('/settings/account#profile')],
    [groups.settings, appStrings.pages.settingsParts.password, ShieldCheck, () => go('/settings/account#password')],
    [groups.settings, appStrings.pages.settingsParts.sessions, MonitorSmartphone, () => go('/settings/account#sessions')],
    [groups.settings, appStrings.pages.settingsParts.appearance, Palette, () => go('/settings/preferences#appearance')],
    [groups.settings, appStrings.pages.settingsParts.notifications, Bell, () => go('/settings/preferences#notifications')],
    [groups.settings, appStrings.pages.settings.usage, ChartColumn, () => go('/settings/usage')],
  ];
  if (theme !== 'system') list.splice(5, 0, [groups.actions, switcherStrings.useSystem, Palette, () => set({ theme: 'system' })]);
  return list.map(([group, title, Icon, run], index) => ({
    value: { id: `${group}-${title}`, group, title, detail: group === groups.settings ? groups.settings : '', picture: <Icon size={18} aria-hidden />, run },
    text: title,
    rank: 1_000 - index,
  }));
}

export function useSwitcherEntries(query: string): SwitcherEntry[] {
  const me = useMe();
  const navigate = useNavigate();
  const chats = useSortedChats();
  const asked = useDeferredValue(query.trim());
  const { data: people } = useQuery({ queryKey: keys.users(asked), queryFn: ({ signal }) => searchUsers(asked, signal) });
  const all = useMemo(() => {
    const go: Go = (path) => void navigate(path);
    // Who has a direct chat already is found through it.
    const known = new Set([me.id, ...chats.flatMap((chat) => chat.peer?.id ?? [])]);
    const others = (people ?? []).filter((user) => !known.has(user.id));
    return { chats: chatEntries(chats, go), people: personEntries(others, go), actions: actionEntries(go) };
  }, [chats, people, me.id, navigate]);
  return useMemo(() => {
    if (query.trim() === '') {
      return [...all.chats.slice(0, 8), ...all.actions].map((entry) => entry.value);
    }
    return byGroup(fuzzySearch([...all.chats, ...all.people, ...all.actions], query, mostShown).map((match) => match.value));
  }, [all, query]);
}

// The groups in the order of their best matches, and what matches best first in each.
function byGroup(entries: SwitcherEntry[]): SwitcherEntry[] {
  const found = [...new Set(entries.map((entry) => entry.group))];
  return found.flatMap((group) => entries.filter((entry) => entry.group === group));
}
