import { control, plural } from './grammar';

export const basicStrings = {
  words: {
    cancel: 'Cancel',
    close: 'Close',
    copied: 'Copied',
    dismiss: 'Dismiss',
    loading: 'Loading',
    more: 'More',
    save: 'Save',
    tryAgain: 'Try again',
  },
  keys: { switcher: `${control} K`, enter: 'Enter', controlEnter: `${control} Enter`, escape: 'Esc' },
  time: {
    today: 'Today',
    yesterday: 'Yesterday',
    justNow: 'just now',
    minutesAgo: (count: number) => `${count} min ago`,
    hoursAgo: (count: number) => `${count} h ago`,
    daysAgo: (count: number) => plural(count, 'day ago', 'days ago'),
  },
} as const;
