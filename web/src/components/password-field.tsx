import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { TextField } from '@/components/field';
import { IconButton } from '@/components/icon-button';
import { authStrings } from '@/i18n/auth';

export function PasswordField(props: Omit<ComponentProps<typeof TextField>, 'type' | 'trailing'>) {
  const [shown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={shown ? 'text' : 'password'}
      trailing={
        <IconButton icon={shown ? EyeOff : Eye} size="small" label={shown ? authStrings.hidePassword : authStrings.showPassword} onClick={() => setShown(!shown)} />
      }
    />
  );
}
