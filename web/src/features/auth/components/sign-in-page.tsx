import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { Button } from '@/components/button';
import { TextField } from '@/components/field';
import { FormError } from '@/components/form-error';
import { PasswordField } from '@/components/password-field';
import { signIn, useSession } from '@/features/auth/state/session';
import { useServerInfo } from '@/features/auth/state/use-server-info';
import { authStrings } from '@/i18n/auth';
import { errorText, fieldError, namesAField } from '@/lib/errors';
import { AuthLayout } from './auth-layout';

export function SignInPage() {
  const server = useServerInfo();
  const ended = useSession((state) => state.ended);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(name.trim(), password);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const general = error && !namesAField(error, ['login', 'password']) ? errorText(error) : null;
  return (
    <AuthLayout
      title={server?.name ? authStrings.signInTo(server.name) : authStrings.signInTitle}
      lead={server?.registration === 'closed' ? authStrings.closed : <>{authStrings.newHere} <Link to="/sign-up" className="font-medium text-link underline underline-offset-2">{authStrings.createAccount}</Link></>}
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        {ended && !general && <p role="status" className="rounded-sm bg-warn-soft px-3 py-2.5 text-warn">{authStrings.ended}</p>}
        <TextField label={authStrings.login} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required value={name} error={fieldError(error, 'login')} onChange={(event) => setName(event.target.value)} />
        <PasswordField label={authStrings.password} name="password" autoComplete="current-password" required value={password} error={fieldError(error, 'password')} onChange={(event) => setPassword(event.target.value)} />
        <FormError text={general} />
        <Button type="submit" variant="primary" size="large" busy={busy}>{authStrings.signIn}</Button>
        <p className="text-small text-balance text-faint">{authStrings.forgot}</p>
      </form>
    </AuthLayout>
  );
}
