/** The server's time, which the moments it tells are measured against; it goes on by itself. */
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';

/** ms by which the server's clock is ahead of ours. */
const Ahead = createContext(0);

/** now: as the server told it, with its answer. */
export function ServerClock({ now, children }: { now: number; children: ReactNode }): ReactElement {
  const ahead = useMemo(() => now - Date.now(), [now]);
  return <Ahead value={ahead}>{children}</Ahead>;
}

/** Unix ms; changes every so often. */
export function useNow(everyMs: number): number {
  const ahead = useContext(Ahead);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + ahead;
}
