export const peopleStrings = {
  title: 'People',
  search: 'Find a person',
  searchHint: 'Name or user name',
  failed: 'The list of people did not load',
  nobody: 'Nobody else is here yet',
  nobodyFound: (query: string) => `Nobody called “${query}”`,
  nobodyText: 'Send the address of this page to somebody; they can create their own account.',
  message: 'Message',
  messageNamed: (name: string) => `Message ${name}`,
  chosen: 'Chosen people',
  unchoose: (name: string) => `Take ${name} out`,
} as const;
