import { control } from './grammar';

export const helpStrings = {
  groups: [
    { title: 'Everywhere', keys: [[`${control} K`, 'Go to anything'], ['?', 'Show these keys'], ['/', 'Write in the open chat'], ['Esc', 'Close what is on top']] },
    { title: 'Conversations', keys: [['↑ ↓', 'Move in the list'], ['Enter', 'Open']] },
    { title: 'Writing', keys: [['Enter', 'Send'], ['Shift Enter', 'New line'], [`${control} Enter`, 'Send, always'], ['↑', 'Edit your last message'], ['@', 'Mention somebody'], [':', 'Emoji, after two letters'], ['/', 'Commands, in a room'], ['Esc', 'Stop the answer that is being written']] },
    { title: 'A message in focus', keys: [['↑ ↓', 'Earlier or later message'], ['R', 'Reply'], ['E', 'Edit'], ['C', 'Copy text'], ['Del', 'Delete'], ['Esc', 'Back to writing']] },
  ] as { title: string; keys: [string, string][] }[],
} as const;
