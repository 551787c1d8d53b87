import { call, callAll } from './client';
import type { Presence, PresenceList, PublicUser, PublicUserPage, Session, SessionInfo, User } from './contracts.gen';
import type { ProfileChange, Registration } from './types';

export const register = (body: Registration) =>
  call<Session>('POST', '/api/auth/register', { body: { ...body, cookie: true }, anonymous: true });

export const login = (name: string, password: string) =>
  call<Session>('POST', '/api/auth/login', { body: { login: name, password, cookie: true }, anonymous: true });

export const refreshSession = () =>
  call<Session>('POST', '/api/auth/refresh', { body: { cookie: true }, anonymous: true });

export const logout = () => call<void>('POST', '/api/auth/logout');
export const logoutAll = () => call<void>('POST', '/api/auth/logout-all');

export const updateMe = (body: ProfileChange) =>
  call<User>('PATCH', '/api/auth/me', { body });

export const changePassword = (currentPassword: string, newPassword: string) =>
  call<void>('POST', '/api/auth/password', {
    body: { current_password: currentPassword, new_password: newPassword },
  });

export const listSessions = () => callAll<SessionInfo>('/api/auth/sessions');
export const endSession = (id: string) => call<void>('DELETE', `/api/auth/sessions/${id}`);

export const searchUsers = (query: string, signal?: AbortSignal) =>
  call<PublicUserPage>('GET', '/api/users', { query: { query, limit: 50 }, signal }).then((page) => page.items);

export const getUser = (id: string) => call<PublicUser>('GET', `/api/users/${id}`);

export const getPresence = (userIds: string[]): Promise<Presence[]> =>
  call<PresenceList>('GET', '/api/presence', { query: { user_ids: userIds.join(',') } }).then((list) => list.items);
