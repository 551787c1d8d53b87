import { useState, type FormEvent } from 'react';
import { changePassword } from '@/api/people';
import { keys, queryClient } from '@/api/query-client';
import { Button } from '@/components/button';
import { showToast } from '@/components/floating/notices';
import { FormError } from '@/components/form-error';
import { PasswordField } from '@/components/password-field';
import { authStrings } from '@/i18n/auth';
import { settingsStrings } from '@/i18n/settings';
import { errorCode, errorText, fieldError, namesAField } from '@/lib/errors';

export function PasswordSection() {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const code = error ? errorCode(error) : '';
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await changePassword(current, next);
      setCurrent('');
      setNext('');
      showToast(settingsStrings.passwordChanged);
      void queryClient.invalidateQueries({ queryKey: keys.sessions });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const currentError = code === 'auth.invalid_credentials' ? settingsStrings.wrongPassword : fieldError(error, 'current_password');
  const nextError = code === 'auth.weak_password' ? errorText(error) : fieldError(error, 'new_password');
  const general = error && !currentError && !nextError && !namesAField(error, ['current_password', 'new_password']) ? errorText(error) : null;
  return (
    <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
      <p className="text-soft">{settingsStrings.passwordLead}</p>
      <PasswordField label={settingsStrings.currentPassword} autoComplete="current-password" required value={current} error={currentError} onChange={(event) => setCurrent(event.target.value)} />
      <PasswordField label={settingsStrings.newPassword} hint={authStrings.passwordHint} autoComplete="new-password" required minLength={10} value={next} error={nextError} onChange={(event) => setNext(event.target.value)} />
      <FormError text={general} />
      <Button type="submit" variant="primary" busy={busy} disabled={!current || next.length < 10} className="self-start">{settingsStrings.changePassword}</Button>
    </form>
  );
}
