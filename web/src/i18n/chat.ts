import { control, plural } from './grammar';

export const chatStrings = {
  back: 'Back to the chats',
  details: 'Details and members',
  aboutRoom: 'About this room',
  aboutDirect: 'About this conversation',
  parts: { about: 'About', members: 'Members', settings: 'Settings' },
  roomSince: (date: string) => `The room was made on ${date}.`,
  directSince: (date: string) => `You have been writing to one another since ${date}.`,
  archived: 'This room is archived. It can be read, but nobody can write here.',
  members: (count: number) => plural(count, 'member', 'members'),
  about: (visibility: string, count: number, archived: boolean) =>
    `${visibility === 'public' ? 'Public' : 'Private'} room · ${plural(count, 'member', 'members')}${archived ? ' · archived' : ''}`,
  gone: (title: string) => `You are no longer in ${title}.`,
  welcomeTitle: 'Welcome to Loquat',
  welcomeText: 'Ask an assistant, or look through the rooms that are open to everybody: somebody may be talking already.',
  browseRooms: 'Browse rooms',
  noneTitle: 'Pick a conversation',
  noneText: `Choose one on the left, or press ${control} K and type a name.`,
  notFoundTitle: 'There is nothing here',
  notFoundText: 'This conversation does not exist, or you are not in it. Ask somebody in it to invite you.',
} as const;
