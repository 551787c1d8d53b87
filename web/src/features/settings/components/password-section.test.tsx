// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import * as people from '@/api/people';
import { button, cleanUp, click, field, render, type } from '@/testing/render';
import { PasswordSection } from './password-section';

afterEach(async () => {
  await cleanUp();
  vi.restoreAllMocks();
});

async function filled(): Promise<HTMLElement> {
  const place = await render(<PasswordSection />);
  await type(field(place, 'Current password'), 'the old one');
  await type(field(place, 'New password'), 'a new one, longer');
  return place;
}

it('asks for nothing before the new password is long enough', async () => {
  const place = await render(<PasswordSection />);

  await type(field(place, 'Current password'), 'the old one');
  await type(field(place, 'New password'), 'nine char');

  expect(button(place, 'Change password').disabled).toBe(true);
});

it('says at the field which password was wrong, and keeps both', async () => {
  vi.spyOn(people, 'changePassword').mockRejectedValue(new ApiError(401, 'auth.invalid_credentials', ''));
  const place = await filled();

  await click(button(place, 'Change password'));

  const current = field(place, 'Current password');
  expect(current.getAttribute('aria-invalid')).toBe('true');
  expect(place.textContent).toContain('This is not your current password.');
  expect([current.value, field(place, 'New password').value]).toEqual(['the old one', 'a new one, longer']);
});

it('forgets both passwords once they are changed', async () => {
  const change = vi.spyOn(people, 'changePassword').mockResolvedValue(undefined);
  const place = await filled();

  await click(button(place, 'Change password'));

  expect(change).toHaveBeenCalledWith('the old one', 'a new one, longer');
  expect([field(place, 'Current password').value, field(place, 'New password').value]).toEqual(['', '']);
});
