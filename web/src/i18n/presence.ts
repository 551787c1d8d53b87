export const presenceStrings = {
  online: 'Online',
  away: 'Away',
  offline: 'Offline',
  someone: 'Somebody',
  lastSeen: (ago: string) => `Last seen ${ago}`,
  typing: (names: string[]) => {
    const [first, second] = names;
    if (names.length === 1) return `${first ?? ''} is writing`;
    if (names.length === 2) return `${first ?? ''} and ${second ?? ''} are writing`;
    return `${names.length} people are writing`;
  },
} as const;
