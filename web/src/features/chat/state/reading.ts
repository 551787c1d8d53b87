// Which chat is open in this tab, and whether its newest message is being looked at right now.

let open: string | null = null;
let atNewest = false;

export function setOpenChat(chatId: string | null): void {
  open = chatId;
  atNewest = false;
}

export function setAtNewest(value: boolean): void {
  atNewest = value;
}

export const openChatId = (): string | null => open;

export function isLooking(chatId: string): boolean {
  return open === chatId && document.visibilityState === 'visible' && document.hasFocus();
}

export function isReading(chatId: string): boolean {
  return atNewest && isLooking(chatId);
}
