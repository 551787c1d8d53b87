import { plural } from './grammar';

export const composerStrings = {
  composer: {
    short: 'Message',
    label: (title: string) => `Write to ${title}`,
    placeholder: (title: string) => `Write to ${title}`,
    send: 'Send',
    replyingTo: 'Replying to',
    cancelReply: 'Cancel reply',
    ask: 'Ask anything',
    askLabel: 'Ask the assistant',
    stop: 'Stop the answer',
    suggestions: { '@': 'People to mention', ':': 'Emoji', '/': 'Commands' },
    tooLong: (over: number) => `${plural(over, 'character', 'characters')} too long. A message holds 16,000.`,
  },
  commands: {
    invite: { argument: '[user name]', help: 'Invite people' },
    rename: { argument: '[name]', help: 'Rename the room' },
    leave: { help: 'Leave the room' },
    invited: (names: string) => `Invited ${names}`,
    unknown: (name: string) => `There is no command /${name} here. Nothing was sent.`,
    known: (names: string) => `Here there are ${names}.`,
    takesNothing: (name: string) => `/${name} takes nothing after it. Nothing was sent.`,
    takesOneLine: (name: string) => `/${name} takes one line. Nothing was sent.`,
    sendAsText: 'Send as text',
  },
} as const;
