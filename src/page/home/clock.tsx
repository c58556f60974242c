/** The server's time, by which ages are computed; it advances between answers. */
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';

/** Milliseconds by which the server's clock is ahead of ours. */
const Ahead = createContext(0);

/** now: the server's time, from its answer. */
export function ServerClock({ now, children }: { now: number; children: ReactNode }): ReactElement {
  const ahead = useMemo(() => now - Date.now(), [now]);
  return <Ahead value={ahead}>{children}</Ahead>;
}

/** Unix ms; updated periodically. */
export function useNow(everyMs: number): number {
  const ahead = useContext(Ahead);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + ahead;
}
