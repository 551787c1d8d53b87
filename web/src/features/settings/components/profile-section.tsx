import { useState, type FormEvent } from 'react';
import { updateMe } from '@/api/people';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/button';
import { TextField } from '@/components/field';
import { showToast } from '@/components/floating/notices';
import { FormError } from '@/components/form-error';
import { PasswordField } from '@/components/password-field';
import { setUser, useMe } from '@/features/auth/entry';
import { authStrings } from '@/i18n/auth';
import { basicStrings } from '@/i18n/basics';
import { settingsStrings } from '@/i18n/settings';
import { errorCode, errorText, fieldError, namesAField } from '@/lib/errors';

export function ProfileSection() {
  const me = useMe();
  const [name, setName] = useState(me.display_name);
  const [email, setEmail] = useState(me.email ?? '');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState('');
  const emailChanged = email.trim() !== (me.email ?? '');
  const changed = name.trim() !== me.display_name || emailChanged;
  const wrongPassword = error && errorCode(error) === 'auth.invalid_credentials' ? settingsStrings.wrongPassword : undefined;
  const emailTaken = error && errorCode(error) === 'auth.email_taken' ? errorText(error) : undefined;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setUser(await updateMe({ display_name: name.trim(), ...(emailChanged && { email: email.trim(), current_password: password }) }));
      setPassword('');
      showToast(settingsStrings.saved);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const general = error && !emailTaken && !wrongPassword && !namesAField(error, ['display_name', 'email', 'current_password']) ? errorText(error) : null;
  return (
    <div className="flex flex-col gap-8">
      <div className="flex items-center gap-4">
        <Avatar id={me.id} name={name || me.username} size="huge" />
        <div className="min-w-0">
          <p className="truncate text-read font-bold" dir="auto">{me.display_name}</p>
          <p className="truncate text-faint">@{me.username}</p>
        </div>
      </div>
      <form onSubmit={(event) => void save(event)} className="flex flex-col gap-5">
        <TextField label={authStrings.displayName} value={name} required autoComplete="name" error={fieldError(error, 'display_name')} onChange={(event) => setName(event.target.value)} />
        <TextField label={authStrings.email} type="email" value={email} autoComplete="email" hint={settingsStrings.emailHint} error={emailTaken ?? fieldError(error, 'email')} onChange={(event) => setEmail(event.target.value)} />
        {emailChanged && (
          <PasswordField label={settingsStrings.currentPassword} value={password} required autoComplete="current-password" error={wrongPassword ?? fieldError(error, 'current_password')} onChange={(event) => setPassword(event.target.value)} />
        )}
        <FormError text={general} />
        <Button type="submit" variant="primary" busy={busy} disabled={!changed || name.trim() === ''} className="self-start">{basicStrings.words.save}</Button>
      </form>
    </div>
  );
}
