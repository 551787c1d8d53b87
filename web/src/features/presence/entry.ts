// What other features may use of this one: who is there.
export { PersonAvatar } from './components/person-avatar';
export { useAllPresence, useWatchPresence } from './state/presence';
