import { notifyManager, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { queryClient } from '@/api/query-client';

// Components in jsdom, as a person meets them: by what they say, and by labels and names.

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

// What the cache tells comes within the act() that caused it.
notifyManager.setScheduler(queueMicrotask);

let root: Root | undefined;

export async function render(element: ReactNode): Promise<HTMLElement> {
  const place = document.body.appendChild(document.createElement('div'));
  root = createRoot(place);
  await act(async () => root?.render(
    <QueryClientProvider client={queryClient}>
      <MemoryRouter>{element}</MemoryRouter>
    </QueryClientProvider>,
  ));
  return place;
}

export async function cleanUp(): Promise<void> {
  await act(async () => root?.unmount());
  document.body.replaceChildren();
  queryClient.clear();
}

export function field(place: HTMLElement, label: string): HTMLInputElement {
  const found = [...place.querySelectorAll('label')].find(({ textContent }) => textContent === label);
  const input = found && document.getElementById(found.htmlFor);
  if (!(input instanceof HTMLInputElement)) throw new Error(`no field ${label}`);
  return input;
}

export function button(place: HTMLElement, name: string): HTMLButtonElement {
  const found = [...place.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent) === name);
  if (!found) throw new Error(`no button ${name}`);
  return found;
}

export const type = (input: HTMLInputElement, text: string): Promise<void> => act(async () => {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
});

export const click = (element: HTMLElement): Promise<void> => act(async () => element.click());
