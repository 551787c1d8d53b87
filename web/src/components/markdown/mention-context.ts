import { createContext } from 'react';

// The user names that count as mentions in a chat, and one's own.
export const MentionContext = createContext<{ names: ReadonlySet<string>; me: string }>({ names: new Set(), me: '' });
