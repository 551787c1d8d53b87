import { chatFeed } from '@/api/contracts.gen';

export const chatDestination = (chatId: string): string => `${chatFeed}${chatId}`;
