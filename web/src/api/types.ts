import type { AssistantSettings, CreateChatRequest, ListMessagesRequest, RegisterRequest, UpdateChatRequest, UpdateMeRequest } from './contracts.gen';

// What the generated types say more widely than the app means it, and request bodies without what the path holds.

export type Visibility = 'private' | 'public';
export type NewChat = Omit<CreateChatRequest, 'assistant'> & { visibility?: Visibility };
// Fields that are not named stay as they are.
export type AssistantChange = Partial<AssistantSettings>;
export type ChatChange = Omit<UpdateChatRequest, 'id' | 'assistant'> & { visibility?: Visibility; assistant?: AssistantChange };
export type History = Omit<ListMessagesRequest, 'id'>;
export type Registration = Omit<RegisterRequest, 'cookie'>;
export type ProfileChange = UpdateMeRequest;

export const visibilityOf = (chat: { visibility: string }): Visibility => (chat.visibility === 'public' ? 'public' : 'private');
