import { Globe, Lock } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';
import { isTransient } from '@/api/client';
import type { PublicUser } from '@/api/contracts.gen';
import type { Visibility } from '@/api/types';
import { Button } from '@/components/button';
import { TextField } from '@/components/field';
import { FormError } from '@/components/form-error';
import { PageFrame } from '@/components/page-frame';
import { Segmented } from '@/components/segmented';
import { createRoom } from '@/features/chat/entry';
import { PeoplePicker } from '@/features/people/entry';
import { appStrings } from '@/i18n/app';
import { roomsStrings } from '@/i18n/rooms';
import { errorText, fieldError, namesAField } from '@/lib/errors';
import { makeClientId } from '@/lib/ids';

const nobody: ReadonlySet<string> = new Set();

export function NewChatPage() {
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [visibility, setVisibility] = useState<Visibility>('private');
  const [people, setPeople] = useState<PublicUser[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [key, setKey] = useState(makeClientId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (title.trim() === '' || busy) return;
    setBusy(true);
    try {
      const chatId = await createRoom({ title: title.trim(), visibility, member_ids: people.map((user) => user.id) }, key);
      void navigate(`/c/${chatId}`, { replace: true });
    } catch (failure) {
      setError(failure);
      // A refused room is another one when it is asked for again; a lost answer is not.
      if (!isTransient(failure)) setKey(makeClientId());
      setBusy(false);
    }
  };
  return (
    <PageFrame title={appStrings.pages.newRoom} back="/">
      <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-6">
        <p className="text-soft">
          {roomsStrings.newRoom.lead} <Link to="/people" className="text-link underline underline-offset-2">{roomsStrings.newRoom.directInstead}</Link>
        </p>
        <TextField
          label={roomsStrings.room.name}
          placeholder={roomsStrings.newRoom.nameHint}
          value={title}
          autoFocus
          error={fieldError(error, 'title')}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className="flex flex-col gap-1.5">
          <Segmented
            label={roomsStrings.room.visibility}
            value={visibility}
            options={[
              { value: 'private', label: roomsStrings.room.private, icon: Lock },
              { value: 'public', label: roomsStrings.room.public, icon: Globe },
            ]}
            onChange={setVisibility}
          />
          <p className="text-small text-faint">{roomsStrings.room.visibilityHint[visibility]}</p>
        </div>
        <PeoplePicker label={roomsStrings.newRoom.people} chosen={people} exclude={nobody} onChange={setPeople} />
        <FormError text={error && !namesAField(error, ['title']) ? errorText(error) : null} />
        <div className="flex justify-end">
          <Button type="submit" variant="primary" disabled={title.trim() === ''} busy={busy}>{roomsStrings.newRoom.create}</Button>
        </div>
      </form>
    </PageFrame>
  );
}
