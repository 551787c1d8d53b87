export const emojiStrings = {
  open: 'Emoji',
  title: 'Choose an emoji',
  search: 'Search emoji',
  sections: 'Kinds of emoji',
  recent: 'Used lately',
  groups: ['Smileys', 'People', 'Animals and nature', 'Food and drink', 'Travel and places', 'Activities', 'Objects', 'Symbols', 'Flags'],
  found: (count: number) => (count === 1 ? '1 emoji found' : `${count} emoji found`),
  none: 'No emoji is called that',
  tone: 'Skin tone',
  tones: ['No skin tone', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
} as const;
