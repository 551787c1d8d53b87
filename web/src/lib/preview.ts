import type { Message } from '@/api/contracts.gen';

// A message as one line without marks, as the server made it: left out where it is the text itself.
export const previewOf = (message: Pick<Message, 'text' | 'preview'>): string => message.preview ?? message.text;
