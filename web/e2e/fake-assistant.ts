import type { Page, WebSocketRoute } from 'playwright-core';

// Plays the assistant's part of the server in one page: for states that a real model comes into only by luck.

export interface FakeAnswer {
  id: string;
  chatId: string;
  promptId: string | null;
  eventId: number;
  text: string;
  state: string;
}

const models = [
  { id: 'loquat-small', provider: 'simulated', label: 'Loquat Small', context_tokens: 8192, default: true },
  { id: 'llama-large', provider: 'ollama', label: 'Llama Large', context_tokens: 131_072, default: false },
  { id: 'gpt-mini', provider: 'openai', label: 'GPT Mini', context_tokens: 1_000_000, default: false },
];

export class FakeAssistant {
  answers: FakeAnswer[] = [];
  // How the next answer begins.
  next: { state: string; queue_position: number | null } = { state: 'queued', queue_position: null };
  private socket: WebSocketRoute | null = null;
  private subscriptions = new Map<string, string>();
  private messages = 0;

  constructor(private readonly page: Page) {}

  async start(): Promise<this> {
    await this.page.routeWebSocket('**/ws', (socket) => {
      const server = socket.connectToServer();
      this.socket = socket;
      this.subscriptions.clear();
      socket.onMessage((frame) => {
        const [, id, destination] = subscribed(String(frame));
        if (id && destination) this.subscriptions.set(destination, id);
        server.send(frame);
      });
      server.onMessage((frame) => socket.send(frame));
    });
    await this.page.route('**/api/models', (route) => route.fulfill({ json: { items: models } }));
    await this.page.route('**/api/chats/*/generations*', async (route) => {
      const request = route.request();
      if (request.method() === 'GET') return route.fulfill({ json: { items: [], next_cursor: null } });
      const chatId = /chats\/([^/]+)\//.exec(request.url())?.[1] ?? '';
      const body = request.postDataJSON() as { client_id: string; prompt?: string };
      let message: { id: string } | null = null;
      if (body.prompt) {
        const stored = await route.fetch({
          url: request.url().replace(/\/generations.*/, '/messages'), method: 'POST', postData: JSON.stringify({ client_id: body.client_id, text: body.prompt }),
        });
        message = (await stored.json()) as { id: string };
      }
      const answer = { id: `g${this.answers.length + 1}`, chatId, promptId: message?.id ?? null, eventId: 0, text: '', ...this.next };
      this.answers.push(answer);
      return route.fulfill({ status: 201, json: { generationId: answer.id, ...this.next, message } });
    });
    await this.page.route('**/api/generations/*', (route) => {
      const answer = this.answers.find(({ id }) => route.request().url().endsWith(id));
      return answer ? route.fulfill({ json: this.generation(answer) }) : route.fulfill({ status: 404, json: {} });
    });
    await this.page.route('**/api/generations/*/cancel', (route) => {
      const answer = this.answers.find(({ id }) => route.request().url().includes(`/${id}/`));
      return route.fulfill({ json: { generationId: answer?.id, state: 'canceled' } });
    });
    return this;
  }

  private generation(answer: FakeAnswer) {
    return {
      generationId: answer.id, chat_id: answer.chatId, user_id: 'nobody', state: answer.state, queue_position: null, model: 'loquat-small', provider: 'simulated',
      system_prompt: null, temperature: null, max_tokens: null, inputTokens: 412, outputTokens: 286, created_at: new Date().toISOString(),
      started_at: '2026-06-01T12:00:00.000Z', finished_at: '2026-06-01T12:00:06.400Z', error: null, request_id: 'r', text: answer.text,
      last_event_id: answer.eventId, prompt_message_id: answer.promptId, message_id: null, context: null,
    };
  }

  say(answer: FakeAnswer, event: Record<string, unknown>): void {
    answer.eventId += 1;
    if (event.type === 'delta') answer.text += String(event.delta);
    if (event.type === 'state') answer.state = String(event.state);
    const origin = answer.eventId === 1 ? { model: 'loquat-small', prompt_message_id: answer.promptId } : {};
    this.emit(answer.chatId, { type: 'generation', generationId: answer.id, ...origin, event_id: answer.eventId, event });
  }

  emit(chatId: string, event: Record<string, unknown>): void {
    const destination = `/topic/chats/${chatId}`;
    const id = this.subscriptions.get(destination);
    this.messages += 1;
    this.socket?.send(`MESSAGE\nsubscription:${id ?? ''}\nmessage-id:f${this.messages}\ndestination:${destination}\ncontent-type:application/json\n\n${JSON.stringify(event)}\0`);
  }

  // The whole of an answer at once, then the message that it becomes.
  finish(answer: FakeAnswer, seq: number): void {
    this.say(answer, { type: 'usage', inputTokens: 412, outputTokens: 286 });
    this.say(answer, { type: 'state', state: 'succeeded' });
    this.say(answer, { type: 'done' });
    this.emit(answer.chatId, {
      type: 'message',
      message: {
        id: `m-${answer.id}`, chat_id: answer.chatId, seq, client_id: '', text: answer.text, reply_to: answer.promptId, mentions: [],
        sender: { id: 'assistant', username: 'assistant', display_name: 'Loquat Small', kind: 'assistant' },
        created_at: new Date().toISOString(), edited_at: null, deleted_at: null, generationId: answer.id,
      },
    });
  }
}

function subscribed(frame: string): string[] {
  if (!frame.startsWith('SUBSCRIBE')) return [];
  return ['', /^id:(.+)$/m.exec(frame)?.[1]?.trim() ?? '', /^destination:(.+)$/m.exec(frame)?.[1]?.trim() ?? ''];
}
