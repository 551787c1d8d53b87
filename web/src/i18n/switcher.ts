export const switcherStrings = {
  title: 'Go to',
  placeholder: 'Chats, people, actions, settings',
  results: 'Results',
  archived: 'Archived',
  noMessages: 'Finds names, not what was written in messages.',
  groups: { chats: 'Recent', people: 'People', actions: 'Actions', settings: 'Settings' },
  nothing: (query: string) => `Nothing matches “${query}”.`,
  messageSomeone: 'Message somebody',
  useDark: 'Use dark theme',
  useLight: 'Use light theme',
  useSystem: 'Use the system’s theme',
} as const;
