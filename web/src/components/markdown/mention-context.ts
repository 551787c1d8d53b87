import { createContext } from 'react';

export interface Mentionable {
  // User names that can be mentioned in a chat, and whose they are; the assistant's has no id.
  people: ReadonlyMap<string, string | null>;
  me: string;
}

export const MentionContext = createContext<Mentionable>({ people: new Map(), me: '' });

// Whom the server found mentioned in a message; null while it has not said.
export const MentionedContext = createContext<readonly string[] | null>(null);
