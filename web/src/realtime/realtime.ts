import { Client, type IFrame, type IMessage, type StompSubscription } from '@stomp/stompjs';
import { createStore } from 'zustand/vanilla';
import { step, type Connection, type ConnectionAction, type ConnectionEvent } from './connection-machine';
import type { LiveEvent } from './event-table';

// The one live connection of this tab, outside React. It carries out what connection-machine.ts decides,
// subscribes again after each break from the last seq that was seen, and hands every event to `onEvent`.

export interface RealtimeOptions {
  url: () => string;
  // A token for CONNECT; `renew` asks for a new one. Null ends the connection for good.
  token: (renew: boolean) => Promise<string | null>;
  onEvent: (destination: string, event: LiveEvent) => void;
  onOpen: () => void;
  // A subscription is in force: what happens from now on comes by events.
  onFollowed: (destination: string) => void;
  // The server refused a subscription; it is not tried again.
  onRefused: (destination: string, code: string) => void;
}

// Why a SEND has no receipt: `refused` with the server's code, or the connection broke before the answer.
export class SendError extends Error {
  constructor(readonly code: string, readonly refused: boolean, message: string) {
    super(message);
    this.name = 'SendError';
  }
}

interface Watch {
  // Read at each (re)subscribe: everything after it is delivered first.
  lastSeq?: () => number | null;
  subscription: StompSubscription | null;
}

interface Waiting {
  resolve: () => void;
  reject: (error: SendError) => void;
}

const receiptMilliseconds = 15_000;

export function createRealtime(options: RealtimeOptions) {
  const store = createStore<{ connection: Connection }>(() => ({ connection: { phase: 'stopped' } }));
  const watches = new Map<string, Watch>();
  const receipts = new Map<string, Waiting>();
  // Receipt id to destination of the SUBSCRIBE frames that are not yet answered.
  const subscribing = new Map<string, string>();
  let client: Client | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let refusal: { expired: boolean; retryAfter: number } = { expired: false, retryAfter: 0 };
  let receiptCount = 0;

  function dispatch(event: ConnectionEvent): void {
    const { state, actions } = step(store.getState().connection, event);
    store.setState({ connection: state });
    for (const action of actions) carryOut(action);
  }

  function carryOut(action: ConnectionAction): void {
    switch (action.type) {
      case 'connect':
        return void connect(action.renewToken);
      case 'disconnect':
        return drop();
      case 'schedule':
        clearTimeout(timer);
        timer = setTimeout(() => dispatch({ type: 'timer' }), action.milliseconds);
        return;
      case 'cancel_timer':
        return clearTimeout(timer);
      case 'recover':
        for (const [destination, watch] of watches) subscribe(destination, watch);
        return options.onOpen();
    }
  }

  function closed(from: Client): void {
    if (client !== from) return;
    client = null;
    abandonReceipts();
    dispatch({ type: 'closed', now: Date.now(), random: Math.random(), ...refusal });
  }

  function drop(): void {
    const old = client;
    client = null;
    abandonReceipts();
    void old?.deactivate({ force: true });
  }

  function abandonReceipts(): void {
    for (const watch of watches.values()) watch.subscription = null;
    for (const waiting of receipts.values()) waiting.reject(new SendError('connection.lost', false, ''));
    receipts.clear();
    subscribing.clear();
  }

  async function connect(renew: boolean): Promise<void> {
    let token: string | null;
    try {
      token = await options.token(renew);
    } catch {
      return dispatch({ type: 'closed', now: Date.now(), random: Math.random() });
    }
    if (store.getState().connection.phase !== 'connecting') return;
    if (token === null) return dispatch({ type: 'stop' });
    refusal = { expired: false, retryAfter: 0 };
    const next = new Client({
      brokerURL: options.url(),
      connectHeaders: { Authorization: `Bearer ${token}` },
      reconnectDelay: 0,
      connectionTimeout: 10_000,
      heartbeatIncoming: 10_000,
      heartbeatOutgoing: 10_000,
      onConnect: () => client === next && dispatch({ type: 'opened' }),
      onStompError: (frame) => client === next && refused(frame),
      onWebSocketClose: () => closed(next),
    });
    client = next;
    next.activate();
  }

  function refused(frame: IFrame): void {
    const code = frame.headers.code ?? 'unknown';
    const id = frame.headers['receipt-id'];
    const waiting = id ? receipts.get(id) : undefined;
    if (id && waiting) {
      receipts.delete(id);
      waiting.reject(new SendError(code, true, frame.headers.message ?? frame.body));
    }
    const destination = id ? subscribing.get(id) : undefined;
    if (destination) {
      watches.delete(destination);
      options.onRefused(destination, code);
    }
    refusal = {
      expired: !waiting && !destination && code.startsWith('auth.'),
      retryAfter: Number(frame.headers['retry-after'] ?? 0) * 1000 || 0,
    };
  }

  function nextReceipt(prefix: string): string {
    receiptCount += 1;
    return `${prefix}-${receiptCount}`;
  }

  function subscribe(destination: string, watch: Watch): void {
    if (!client?.connected || watch.subscription) return;
    const lastSeq = watch.lastSeq?.() ?? null;
    const receipt = nextReceipt('s');
    const headers: Record<string, string> = { receipt };
    if (lastSeq !== null) headers['last-seq'] = String(lastSeq);
    subscribing.set(receipt, destination);
    client.watchForReceipt(receipt, () => {
      subscribing.delete(receipt);
      options.onFollowed(destination);
    });
    watch.subscription = client.subscribe(destination, (message) => receive(destination, message), headers);
  }

  function receive(destination: string, message: IMessage): void {
    try {
      options.onEvent(destination, JSON.parse(message.body) as LiveEvent);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  function watch(destination: string, lastSeq?: () => number | null): () => void {
    const entry: Watch = { lastSeq, subscription: null };
    watches.get(destination)?.subscription?.unsubscribe();
    watches.set(destination, entry);
    subscribe(destination, entry);
    return () => {
      if (watches.get(destination) !== entry) return;
      watches.delete(destination);
      if (client?.connected) entry.subscription?.unsubscribe();
    };
  }

  // Lets go of a destination whose subscription the server has ended by itself; to unsubscribe it again
  // would be an error that costs the connection.
  function forget(destination: string): void {
    watches.delete(destination);
  }

  // Sends a frame and resolves at its receipt: the server has it for good.
  function send(destination: string, body: unknown): Promise<void> {
    const connected = client;
    if (!connected?.connected) return Promise.reject(new SendError('connection.lost', false, ''));
    const receipt = nextReceipt('r');
    return new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => settle(() => reject(new SendError('receipt.late', false, ''))), receiptMilliseconds);
      const settle = (finish: () => void) => {
        clearTimeout(giveUp);
        receipts.delete(receipt);
        finish();
      };
      receipts.set(receipt, { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) });
      connected.watchForReceipt(receipt, () => receipts.get(receipt)?.resolve());
      connected.publish({ destination, body: JSON.stringify(body), headers: { receipt, 'content-type': 'application/json' } });
    });
  }

  // Sends a frame whose loss does not matter.
  function tell(destination: string, body: unknown): boolean {
    if (!client?.connected) return false;
    client.publish({ destination, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    return true;
  }

  return {
    store,
    watch,
    forget,
    send,
    tell,
    start: () => dispatch({ type: 'start', now: Date.now() }),
    stop: () => dispatch({ type: 'stop' }),
    retryNow: () => dispatch({ type: 'retry_now' }),
    wentOffline: () => dispatch({ type: 'went_offline', now: Date.now() }),
    cameOnline: () => dispatch({ type: 'came_online' }),
    isOpen: () => store.getState().connection.phase === 'open',
  };
}

export type Realtime = ReturnType<typeof createRealtime>;
