// The table of live events: a feature registers what it does with the events of a feed, and nobody else has to know.

export interface LiveEvent {
  readonly type: string;
}

export type EventHandlers<Event extends LiveEvent> = {
  [Type in Event['type']]?: (event: Extract<Event, { type: Type }>, subject: string) => void;
};

// `subject` is what follows a feed's name in the destination: empty where the feed is of one subject only.
export interface FeedHandlers<Event extends LiveEvent> {
  // By type. One that nobody handles comes from a later server and says nothing here.
  events?: EventHandlers<Event>;
  // A subscription is in force: what happens from now on comes by events.
  onFollowed?: (subject: string) => void;
  // The server refused a subscription; it is not tried again.
  onRefused?: (subject: string) => void;
}

interface Entry {
  feed: string;
  handlers: FeedHandlers<LiveEvent>;
}

export function createEventTable<Feeds extends { [Feed in keyof Feeds]: LiveEvent }>() {
  const entries = new Set<Entry>();

  // Several features may handle the same event; they hear of it in the order in which they registered.
  function on<Feed extends keyof Feeds & string>(feed: Feed, handlers: FeedHandlers<Feeds[Feed]>): () => void {
    const entry = { feed, handlers: handlers as FeedHandlers<LiveEvent> };
    entries.add(entry);
    return () => void entries.delete(entry);
  }

  function tell(destination: string, how: (handlers: FeedHandlers<LiveEvent>, subject: string) => void): void {
    for (const { feed, handlers } of [...entries]) {
      const isOf = feed.endsWith('/') ? destination.startsWith(feed) : destination === feed;
      if (isOf) how(handlers, destination.slice(feed.length));
    }
  }

  return {
    on,
    receive: <Event extends LiveEvent>(destination: string, event: Event) => tell(destination, ({ events }, subject) => {
      if (events && Object.hasOwn(events, event.type)) events[event.type]?.(event, subject);
    }),
    followed: (destination: string) => tell(destination, ({ onFollowed }, subject) => onFollowed?.(subject)),
    refused: (destination: string) => tell(destination, ({ onRefused }, subject) => onRefused?.(subject)),
  };
}
