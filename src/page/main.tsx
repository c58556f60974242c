/** The home origin's page: the sign-in, or the home page of the person who is signed in. */
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
      // The live connection reports what changes.
      refetchOnWindowFocus: false,
      networkMode: 'always',
      retry: (_, error) => error instanceof ConnectionError,
      retryDelay: (attempt) => backOff(attempt),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

// Mantine would write variables and classes into a <style>, which the content security policy refuses; its style sheets
// already contain both.
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
