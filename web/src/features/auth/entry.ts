// What other features may use of this one: who is signed in.
export { setUser, signOut, useMe, useSession } from './state/session';
