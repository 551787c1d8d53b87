import { QueryClientProvider } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { queryClient } from '@/api/query-client';
import { useSession } from '@/features/auth/state/session';
import { AppShell } from './app-shell';
import { ChatsScreen } from './chats-screen';
import { NotFound } from './not-found';
import { Starting } from './starting';
import { useFileGuard } from './use-file-guard';

const SignInPage = lazy(() => import('@/features/auth/components/sign-in-page').then((m) => ({ default: m.SignInPage })));
const SignUpPage = lazy(() => import('@/features/auth/components/sign-up-page').then((m) => ({ default: m.SignUpPage })));
const NewChatPage = lazy(() => import('@/features/rooms/components/new-chat-page').then((m) => ({ default: m.NewChatPage })));
const NewAssistantPage = lazy(() => import('@/features/assistant/components/new-assistant-page').then((m) => ({ default: m.NewAssistantPage })));
const RoomsPage = lazy(() => import('@/features/rooms/components/rooms-page').then((m) => ({ default: m.RoomsPage })));
const PeopleScreen = lazy(() => import('./people-screen').then((m) => ({ default: m.PeopleScreen })));
const SettingsPage = lazy(() => import('@/features/settings/components/settings-page').then((m) => ({ default: m.SettingsPage })));

export function App() {
  useFileGuard();
  return (
    <QueryClientProvider client={queryClient}>
      <BrowserRouter>
        <Screens />
      </BrowserRouter>
    </QueryClientProvider>
  );
}

function Screens() {
  const status = useSession((state) => state.status);
  const userId = useSession((state) => state.user?.id);
  if (status === 'starting' || status === 'unreachable') return <Starting failed={status === 'unreachable'} />;
  if (status === 'signed_out') {
    return (
      <Suspense fallback={null}>
        <Routes>
          <Route path="/sign-up" element={<SignUpPage />} />
          {/* The address stays, so that after signing in one is where one wanted to be. */}
          <Route path="*" element={<SignInPage />} />
        </Routes>
      </Suspense>
    );
  }
  return (
    <Routes>
      <Route element={<AppShell key={userId} />}>
        <Route path="/" element={<ChatsScreen />} />
        <Route path="/c/:chatId" element={<ChatsScreen />} />
        <Route path="/c/:chatId/m/:seq" element={<ChatsScreen />} />
        <Route path="/new" element={<NewAssistantPage />} />
        <Route path="/new/room" element={<NewChatPage />} />
        <Route path="/rooms" element={<RoomsPage />} />
        <Route path="/people" element={<PeopleScreen />} />
        <Route path="/settings" element={<SettingsPage />} />
        <Route path="/settings/:section" element={<SettingsPage missing={<NotFound />} />} />
        {/* Who has just signed in is where signing in was. */}
        {['/sign-in', '/sign-up'].map((path) => <Route key={path} path={path} element={<Navigate to="/" replace />} />)}
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
