import { useState, type FormEvent } from 'react';
import { Link } from 'react-router';
import { Button } from '@/components/button';
import { TextField } from '@/components/field';
import { FormError } from '@/components/form-error';
import { PasswordField } from '@/components/password-field';
import { signUp } from '@/features/auth/state/session';
import { useServerInfo } from '@/features/auth/state/use-server-info';
import { authStrings } from '@/i18n/auth';
import { errorCode, errorText, fieldError, namesAField } from '@/lib/errors';
import { AuthLayout } from './auth-layout';

const fields = ['username', 'display_name', 'email', 'password'] as const;
type FieldName = (typeof fields)[number];

// Refusals that belong to a field although the server names none.
const fieldOfCode: Record<string, FieldName> = {
  'auth.username_taken': 'username',
  'auth.email_taken': 'email',
  'auth.weak_password': 'password',
};

export function SignUpPage() {
  const server = useServerInfo();
  const [values, setValues] = useState({ username: '', display_name: '', email: '', password: '' });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const owner = error ? fieldOfCode[errorCode(error)] : undefined;
  const bind = (field: FieldName) => ({
    name: field,
    value: values[field],
    error: owner === field ? errorText(error) : fieldError(error, field),
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [field]: event.target.value }),
  });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signUp({
        username: values.username.trim().toLowerCase(),
        password: values.password,
        ...(values.display_name.trim() && { display_name: values.display_name.trim() }),
        ...(values.email.trim() && { email: values.email.trim() }),
      });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  const general = error && !owner && !namesAField(error, [...fields]) ? errorText(error) : null;
  if (server?.registration === 'closed') {
    return (
      <AuthLayout title={authStrings.closedTitle} lead={authStrings.closedText}>
        <Link to="/sign-in" className="font-medium text-link underline underline-offset-2">{authStrings.signIn}</Link>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout
      title={server?.name ? authStrings.signUpTo(server.name) : authStrings.signUpTitle}
      lead={<>{authStrings.haveAccount} <Link to="/sign-in" className="font-medium text-link underline underline-offset-2">{authStrings.signIn}</Link></>}
    >
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        <TextField label={authStrings.username} hint={authStrings.usernameHint} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required minLength={3} {...bind('username')} />
        <TextField label={authStrings.displayName} hint={authStrings.displayNameHint} autoComplete="name" {...bind('display_name')} />
        <TextField label={authStrings.emailOptional} type="email" autoComplete="email" {...bind('email')} />
        <PasswordField label={authStrings.password} hint={authStrings.passwordHint} autoComplete="new-password" required minLength={10} {...bind('password')} />
        <FormError text={general} />
        <Button type="submit" variant="primary" size="large" busy={busy}>{authStrings.createAccount}</Button>
      </form>
    </AuthLayout>
  );
}
