// The dot on the way to the chats: full when something calls for the reader, quiet when something only waits.
export type Dot = 'full' | 'quiet' | null;

export const dotOf = (calls: number, waiting: boolean): Dot => (calls > 0 ? 'full' : waiting ? 'quiet' : null);

export const dotColours = { full: 'bg-accent', quiet: 'bg-line-strong' };
