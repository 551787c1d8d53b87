import { Archive, ArchiveRestore, Globe, Lock, Trash2 } from 'lucide-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { changeChat } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import { visibilityOf, type ChatChange } from '@/api/types';
import { Button } from '@/components/button';
import { TextField } from '@/components/field';
import { ConfirmDialog } from '@/components/floating/confirm-dialog';
import { showToast } from '@/components/floating/notices';
import { FormError } from '@/components/form-error';
import { Segmented } from '@/components/segmented';
import { deleteRoom, may, titleOf, upsertChat } from '@/features/chat/entry';
import { basicStrings } from '@/i18n/basics';
import { roomsStrings } from '@/i18n/rooms';
import { errorText, fieldError } from '@/lib/errors';

const { room } = roomsStrings;
const roomWords = { archive: room.archive, unarchive: room.unarchive, archived: room.archived, unarchived: room.unarchived, hint: room.archiveHint, delete: room.delete };
const chatWords = {
  archive: room.archiveChat, unarchive: room.unarchiveChat, archived: room.archivedChat, unarchived: room.unarchivedChat, hint: room.archiveChatHint,
  delete: room.deleteChat,
};

// `assistant`: how the chat's assistant is set.
export function RoomSettings({ chat, assistant }: { chat: Chat; assistant?: ReactNode }) {
  const [title, setTitle] = useState(chat.title);
  const [error, setError] = useState<unknown>(null);
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const words = chat.kind === 'assistant' ? chatWords : roomWords;
  const change = async (body: ChatChange, done: string) => {
    setError(null);
    try {
      upsertChat(await changeChat(chat.id, body));
      showToast(done);
    } catch (failure) {
      setError(failure);
    }
  };
  const rename = (event: FormEvent) => {
    event.preventDefault();
    void change({ title: title.trim() }, roomsStrings.room.renamed);
  };
  const remove = async () => {
    await deleteRoom(chat.id);
    void navigate('/');
  };
  return (
    <div className="flex flex-col gap-6 px-5 py-5">
      <form onSubmit={rename} className="flex flex-col gap-3">
        <TextField label={roomsStrings.room.name} value={title} error={fieldError(error, 'title')} onChange={(event) => setTitle(event.target.value)} />
        {title.trim() !== chat.title && (
          <Button type="submit" variant="primary" disabled={title.trim() === ''} className="self-start">{basicStrings.words.save}</Button>
        )}
      </form>
      {chat.kind === 'group' && <div className="flex flex-col gap-1.5">
        <Segmented
          label={roomsStrings.room.visibility}
          value={visibilityOf(chat)}
          options={[
            { value: 'private', label: roomsStrings.room.private, icon: Lock },
            { value: 'public', label: roomsStrings.room.public, icon: Globe },
          ]}
          onChange={(visibility) => void change({ visibility }, roomsStrings.room.visibilityChanged)}
        />
        <p className="text-small text-faint">{roomsStrings.room.visibilityHint[visibilityOf(chat)]}</p>
      </div>}
      {assistant && <div className="border-t border-line pt-5">{assistant}</div>}
      <FormError text={error ? errorText(error) : null} />
      <div className="flex flex-col gap-2 border-t border-line pt-5">
        <Button onClick={() => void change({ archived: !chat.archived }, chat.archived ? words.unarchived : words.archived)}>
          {chat.archived ? <ArchiveRestore size={16} aria-hidden /> : <Archive size={16} aria-hidden />}
          {chat.archived ? words.unarchive : words.archive}
        </Button>
        <p className="text-small text-faint">{words.hint}</p>
        {may(chat, 'destroy') && (
          <Button variant="quiet_danger" className="mt-3" onClick={() => setDeleting(true)}>
            <Trash2 size={16} aria-hidden /> {words.delete}
          </Button>
        )}
      </div>
      {deleting && (
        <ConfirmDialog
          title={roomsStrings.room.deleteTitle(titleOf(chat))}
          text={roomsStrings.room.deleteText}
          action={words.delete}
          danger
          onConfirm={remove}
          onClose={() => setDeleting(false)}
        />
      )}
    </div>
  );
}
