import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/app';
import '@/app/styles/styles.css';
import { startSession } from '@/features/auth/state/session';
import { followTheme } from '@/features/settings/state/settings-store';

followTheme();
void startSession();

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
