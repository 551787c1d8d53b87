export const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

// The key that goes with letters for commands, as it is written on the keyboard.
export const control = isMac ? '⌘' : 'Ctrl';
