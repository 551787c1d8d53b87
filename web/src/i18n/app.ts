export const appStrings = {
  app: {
    name: 'Loquat',
    home: 'Loquat, home',
    skip: 'Skip to the conversation',
    unreachableTitle: 'Loquat cannot be reached',
    unreachableText: 'Your messages are safe on the server, and what you typed is kept here. Check the network, then try again.',
  },
  // Pages by the names that the search box, too, calls them.
  pages: {
    rooms: 'Rooms',
    newRoom: 'New room',
    help: 'Keyboard',
    settings: { account: 'Account', preferences: 'Preferences', usage: 'Usage' },
    settingsParts: {
      profile: 'Profile',
      password: 'Password',
      sessions: 'Sessions',
      appearance: 'Appearance',
      writing: 'Writing and keys',
      notifications: 'Notifications',
    },
  },
  places: {
    label: 'Places',
    chats: 'Chats',
    people: 'People',
    rooms: 'Rooms',
    find: 'Find',
    settings: 'Settings',
    me: 'You',
    hasUnread: 'unread messages',
    profileOf: (name: string) => `Your profile, ${name}`,
  },
  connection: {
    connecting: 'Reconnecting …',
    offline: 'You are offline. What you write waits here and is sent when you are back.',
    waiting: (seconds: number) => `Reconnecting in ${seconds} s`,
    tryNow: 'Try now',
  },
  files: {
    notYet: 'Files cannot be sent yet. Nothing was uploaded.',
    pictureNotYet: 'Pictures cannot be sent yet. Nothing was pasted.',
  },
  notFound: {
    title: 'There is no such page',
    text: (path: string) => `Nothing is at ${path}. The address may be mistyped, or from another version of Loquat.`,
    find: 'Find anything',
  },
} as const;
