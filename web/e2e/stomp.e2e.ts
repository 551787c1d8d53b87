import { Client, type IMessage } from '@stomp/stompjs';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { base, freshName, makeRoom, post, register, until, type Person } from './support';

// The protocol as any other program meets it: stompjs in Node, without the app.

interface Event {
  type: string;
  message?: { seq: number; text: string; client_id: string };
}

const open: Client[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.deactivate()));
});

async function connect(person: Person): Promise<Client> {
  const client = new Client({
    webSocketFactory: () => new WebSocket(`${base.replace(/^http/, 'ws')}/ws`, ['v12.stomp', 'v11.stomp', 'v10.stomp']) as never,
    connectHeaders: { Authorization: `Bearer ${person.token}` },
    reconnectDelay: 0,
  });
  open.push(client);
  await new Promise<void>((resolve, reject) => {
    client.onConnect = () => resolve();
    client.onStompError = (frame) => reject(new Error(`${frame.headers.code ?? ''} ${frame.headers.message ?? ''}`));
    client.activate();
  });
  return client;
}

function listen(client: Client, destination: string, headers: Record<string, string> = {}) {
  const frames: IMessage[] = [];
  client.subscribe(destination, (frame) => frames.push(frame), headers);
  const messages = () =>
    frames.map((frame) => ({ frame, event: JSON.parse(frame.body) as Event })).filter(({ event }) => event.type === 'message');
  return { messages, seqs: () => messages().map(({ event }) => event.message?.seq ?? 0) };
}

function sendWithReceipt(client: Client, destination: string, body: unknown): Promise<void> {
  const receipt = freshName('receipt');
  return new Promise((resolve) => {
    client.watchForReceipt(receipt, () => resolve());
    client.publish({ destination, body: JSON.stringify(body), headers: { receipt } });
  });
}

test('sends with receipts arrive in order, each with its seq header', async () => {
  const [ada, tom] = await Promise.all([register('ada'), register('tom')]);
  const room = await makeRoom(ada, 'Wire', [tom]);
  const [sender, reader] = await Promise.all([connect(ada), connect(tom)]);
  const heard = listen(reader, `/topic/chats/${room}`, { 'last-seq': '0' });

  for (let i = 1; i <= 20; i += 1) {
    await sendWithReceipt(sender, `/app/chats/${room}/messages`, { client_id: freshName('w'), text: `line ${i}` });
  }
  await until('twenty messages', () => heard.seqs().length === 20);

  expect(heard.seqs()).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(heard.messages().map(({ event }) => event.message?.text)).toEqual(Array.from({ length: 20 }, (_, index) => `line ${index + 1}`));
  expect(heard.messages().every(({ frame, event }) => frame.headers.seq === String(event.message?.seq))).toBe(true);
});

test('a subscription with last-seq brings what was missed first, then goes on live, without hole or double', async () => {
  const ada = await register('ada');
  const room = await makeRoom(ada, 'Wire', []);
  for (let i = 1; i <= 12; i += 1) await post(ada, room, `old ${i}`);
  const client = await connect(ada);

  const heard = listen(client, `/topic/chats/${room}`, { 'last-seq': '5' });
  await Promise.all([1, 2, 3].map((i) => post(ada, room, `new ${i}`)));
  await until('all of them', () => heard.seqs().length >= 10);

  expect(heard.seqs()).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
});

test('the same client_id again is the same message', async () => {
  const ada = await register('ada');
  const room = await makeRoom(ada, 'Wire', []);
  const client = await connect(ada);
  const heard = listen(client, `/topic/chats/${room}`, { 'last-seq': '0' });
  const body = { client_id: freshName('w'), text: 'once' };

  await sendWithReceipt(client, `/app/chats/${room}/messages`, body);
  await sendWithReceipt(client, `/app/chats/${room}/messages`, body);
  await sendWithReceipt(client, '/app/chat', { chat_id: room, client_id: freshName('w'), text: 'twice' });
  await until('the second message', () => heard.seqs().includes(2));

  expect(heard.messages().map(({ event }) => event.message?.text)).toEqual(['once', 'twice']);
});

test('a conversation that one is not in is refused with its code', async () => {
  const [ada, eve] = await Promise.all([register('ada'), register('eve')]);
  const room = await makeRoom(ada, 'Closed', []);
  const client = await connect(eve);

  const code = await new Promise<string>((resolve) => {
    client.onStompError = (frame) => resolve(frame.headers.code ?? '');
    client.subscribe(`/topic/chats/${room}`, () => undefined);
  });

  expect(code).toBe('chat.not_found');
});

test('a bad token is refused', async () => {
  await expect(connect({ id: '', username: '', displayName: '', token: 'nonsense' })).rejects.toThrow('auth.');
});

test('a connection lives on with a new token', async () => {
  const ada = await register('ada');
  const room = await makeRoom(ada, 'Wire', []);
  const client = await connect(ada);

  await sendWithReceipt(client, '/app/auth.refresh', { access_token: ada.token });
  await sendWithReceipt(client, `/app/chats/${room}/messages`, { client_id: freshName('w'), text: 'still here' });

  expect(client.connected).toBe(true);
});
