import { call, callAll } from './client';
import type { Chat, Member, MemberRole, Message, MessagePage, PostMessageRequest } from './contracts.gen';
import type { ChatChange, History, NewChat } from './types';

const chatPath = (id: string) => `/api/chats/${encodeURIComponent(id)}`;

export const listChats = (archived: boolean) => callAll<Chat>('/api/chats', { archived });
export const getChat = (id: string) => call<Chat>('GET', chatPath(id));
export const createChat = (body: NewChat, idempotencyKey?: string) =>
  call<Chat>('POST', '/api/chats', { body, idempotencyKey });
export const changeChat = (id: string, body: ChatChange) => call<Chat>('PATCH', chatPath(id), { body });
export const deleteChat = (id: string) => call<void>('DELETE', chatPath(id));
export const joinChat = (id: string) => call<void>('POST', `${chatPath(id)}/join`);
export const leaveChat = (id: string) => call<void>('POST', `${chatPath(id)}/leave`);

export const listPublicChats = (query: string) => callAll<Chat>('/api/chats/public', { query }, 400);

export const listMembers = (id: string) => callAll<Member>(`${chatPath(id)}/members`);
export const putMember = (id: string, userId: string, role: MemberRole) =>
  call<void>('PUT', `${chatPath(id)}/members/${userId}`, { body: { role } });
export const removeMember = (id: string, userId: string) =>
  call<void>('DELETE', `${chatPath(id)}/members/${userId}`);

export const getHistory = (id: string, query: History, signal?: AbortSignal) =>
  call<MessagePage>('GET', `${chatPath(id)}/messages`, { query: { ...query }, signal });

export const postMessage = (id: string, body: Omit<PostMessageRequest, 'id'>) =>
  call<Message>('POST', `${chatPath(id)}/messages`, { body });

export const editMessage = (id: string, messageId: string, text: string) =>
  call<Message>('PATCH', `${chatPath(id)}/messages/${messageId}`, { body: { text } });

export const deleteMessage = (id: string, messageId: string) =>
  call<void>('DELETE', `${chatPath(id)}/messages/${messageId}`);

export const putRead = (id: string, seq: number) => call<void>('PUT', `${chatPath(id)}/read`, { body: { seq } });
export const postTyping = (id: string) => call<void>('POST', `${chatPath(id)}/typing`);
