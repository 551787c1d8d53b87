// What other features may use of this one: the chats that are known, their messages, and what is open.
export { callsIn, callsOf } from './state/attention';
export { createRoom, deleteRoom, leaveRoom, openDirectChat, openNewAssistantChat } from './state/chat-actions';
export {
  activityOf, cachedChat, cachedChats, cachedMessage, cachedWindow, changeWindow, noteChangedMessage, noteRead,
  refetchChat, upsertChat,
} from './state/chat-cache';
export { catchUp, loadInitial, loadNewer, loadOlder, refreshTail, showNewest, showSeq } from './state/history';
export { hasOlder, isAttached, replaceMessage, type MessageWindow } from './state/message-window';
export { isLooking, isReading, openChatId, setAtNewest, setOpenChat } from './state/reading';
export { setReadOut } from './state/sync';
export { may, titleOf, useChats, useMembers, useSortedChats } from './state/use-chats';
