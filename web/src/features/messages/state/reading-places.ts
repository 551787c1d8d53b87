import type { Anchor } from './list-geometry';

// Where somebody was reading in each chat, for this tab's life. Who read at the end comes back to the end.

const mostPlaces = 100;
const places = new Map<string, Anchor>();

export function rememberPlace(chatId: string, place: Anchor | null): void {
  places.delete(chatId);
  if (place) places.set(chatId, place);
  const oldest = places.keys().next().value;
  if (places.size > mostPlaces && oldest !== undefined) places.delete(oldest);
}

export const placeOf = (chatId: string): Anchor | null => places.get(chatId) ?? null;
