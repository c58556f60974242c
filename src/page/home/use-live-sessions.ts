/** Keeps the cached home up to date by the live WebSocket, and tells whether that is connected. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { CLOSE_CODES, type Home, type LiveMessage } from '../../protocol/page-gateway.ts';
import { HOME_KEY } from '../home-key.ts';
import { ReconnectingSocket, watchNetwork } from '../reconnecting-socket.ts';
import { takeNews } from './take-news.ts';

export interface Live {
  /** From the first failure until it is connected again. */
  readonly lost: boolean;
  readonly tryNow: () => void;
}

export function useLiveSessions(): Live {
  const client = useQueryClient();
  const [lost, setLost] = useState(false);
  const socket = useRef<ReconnectingSocket | null>(null);

  useEffect(() => {
    // The server answers 401 where the sign-in has ended, and the page shows that.
    const askAgain = (): void => void client.invalidateQueries({ queryKey: HOME_KEY });
    const live = new ReconnectingSocket({
      url: () => new URL('api/live', location.href).href.replace(/^http/, 'ws'),
      onMessage: (data) => {
        const message = JSON.parse(data as string) as LiveMessage;
        live.settled();
        if (message.kind === 'signed-out') return askAgain();
        client.setQueryData<Home>(HOME_KEY, (home) => home && takeNews(home, message));
      },
      onClose: (code) => {
        askAgain();
        return code === CLOSE_CODES.signedOut ? 'stop' : 'retry';
      },
      onState: (state) => {
        if (state === 'waiting') setLost(true);
        if (state === 'open') setLost(false);
      },
    });
    socket.current = live;
    const release = watchNetwork(live);
    return () => {
      release();
      live.close();
    };
  }, [client]);

  return { lost, tryNow: useCallback(() => socket.current?.tryNow(), []) };
}
