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
