/** The home origin's page: the sign-in, or the sessions of who is signed in. */
import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { adoptStyles } from './adopt-styles.ts';
import { ConnectionError } from './api.ts';
import { App } from './app.tsx';
import { backOff } from './back-off.ts';
import { fetchTerminalAhead } from './go-ahead.ts';
import styles from './styles.css?inline';

adoptStyles(styles);
const theme = createTheme({
  respectReducedMotion: true,
  fontFamily: 'system-ui, sans-serif',
  defaultRadius: 'md',
});
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Infinity,
      // The live connection says what changed.
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (_, error) => error instanceof ConnectionError,
      retryDelay: (attempt) => backOff(attempt),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

// Without variables and classes of its own Mantine writes no <style>, which the content security policy would refuse;
// both lie in its style sheets already.
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
fetchTerminalAhead();
