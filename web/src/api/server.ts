import { call } from './client';
import type { ServerInfo } from './contracts.gen';

export const getServerInfo = () => call<ServerInfo>('GET', '/api/server', { anonymous: true });
