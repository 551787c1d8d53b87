// What other features may use of this one: drafts, and what waits to be sent.
export { changeDraft, useDraft } from './state/drafts-store';
export type { OutboxEntry } from './state/outbox';
export { dispatchOutbox, outboxStore } from './state/outbox-store';
export { discardMessage, retryMessage } from './state/sender';
