/** PAM takes its time: a telephone is to confirm, or a server does not answer. For how long it still may. */
import { Text } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { texts } from '../texts.ts';

/** seconds: as the server said last; between that we count ourselves. */
export function WaitNote({ seconds }: { readonly seconds: number }): ReactElement {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    setLeft(seconds);
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(
      () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000))),
      1000,
    );
    return () => clearInterval(timer);
  }, [seconds]);
  return (
    <div>
      <Text size="sm" role="status">
        {texts.signIn.waits}
      </Text>
      <Text size="sm" c="dimmed" role="timer">
        {texts.signIn.waitsFor(left)}
      </Text>
    </div>
  );
}
