// The part of strings.ts about what the page adds to a message's text.

export const textStrings = {
  plainCode: 'Code',
  codeIn: (language: string) => (language ? `Code, ${language}` : 'Code'),
  copyCode: 'Copy code',
  wrapLines: 'Wrap long lines',
  table: 'Table',
  taskDone: 'Done:',
  taskOpen: 'To do:',
  picture: 'Picture',
  notes: 'Notes',
  note: (number: number) => `Note ${number}`,
  backToText: 'Back to the text',
  showMore: 'Show more',
  showLess: 'Show less',
  showRest: 'This text is very long. Show the rest',
};

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
};
