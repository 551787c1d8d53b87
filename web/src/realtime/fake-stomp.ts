// A stand-in for the Client of @stomp/stompjs: tests play the server's part.

interface Config {
  brokerURL: string;
  connectHeaders: Record<string, string>;
  onConnect: () => void;
  onStompError: (frame: { headers: Record<string, string>; body: string }) => void;
  onWebSocketClose: () => void;
}

export interface FakeSubscription {
  destination: string;
  headers: Record<string, string>;
  deliver: (message: { body: string }) => void;
  ended: boolean;
}

export interface FakeFrame {
  destination: string;
  body: string;
  headers: Record<string, string>;
}

export class FakeClient {
  static all: FakeClient[] = [];
  connected = false;
  active = false;
  subscriptions: FakeSubscription[] = [];
  published: FakeFrame[] = [];
  private receipts = new Map<string, () => void>();

  constructor(readonly config: Config) {
    FakeClient.all.push(this);
  }

  activate(): void {
    this.active = true;
  }

  deactivate(): Promise<void> {
    this.active = false;
    this.connected = false;
    return Promise.resolve();
  }

  watchForReceipt(id: string, done: () => void): void {
    this.receipts.set(id, done);
  }

  subscribe(destination: string, deliver: FakeSubscription['deliver'], headers: Record<string, string>) {
    const subscription = { destination, headers, deliver, ended: false };
    this.subscriptions.push(subscription);
    return { id: String(this.subscriptions.length), unsubscribe: () => void (subscription.ended = true) };
  }

  publish(frame: FakeFrame): void {
    this.published.push(frame);
  }

  // What the server does.

  accept(): void {
    this.connected = true;
    this.config.onConnect();
  }

  confirm(receipt: string | undefined): void {
    if (receipt) this.receipts.get(receipt)?.();
  }

  refuse(headers: Record<string, string>): void {
    this.config.onStompError({ headers, body: '' });
    this.close();
  }

  close(): void {
    this.connected = false;
    this.config.onWebSocketClose();
  }

  deliver(destination: string, body: string): void {
    for (const subscription of this.subscriptions) {
      if (subscription.destination === destination && !subscription.ended) subscription.deliver({ body });
    }
  }
}
