import { useState } from 'react';
import { Button } from '@/components/button';
import { FormError } from '@/components/form-error';
import { basicStrings } from '@/i18n/basics';
import { errorText } from '@/lib/errors';
import { Dialog } from './dialog';

interface ConfirmDialogProps {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

export function ConfirmDialog({ title, text, action, danger, onConfirm, onClose }: ConfirmDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = () => {
    setBusy(true);
    onConfirm().then(onClose, (failure: unknown) => {
      setBusy(false);
      setError(errorText(failure));
    });
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="text-read text-soft">{text}</p>
      <div className="mt-3">
        <FormError text={error} />
      </div>
      <div className="mt-5 flex justify-end gap-2">
        <Button data-autofocus={danger || undefined} onClick={onClose}>{basicStrings.words.cancel}</Button>
        <Button variant={danger ? 'danger' : 'primary'} busy={busy} data-autofocus={danger ? undefined : true} onClick={confirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
