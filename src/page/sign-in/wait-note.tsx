/** Shown while PAM is still working, because a phone has to confirm or a server is slow: the time until the timeout. */
import { Text } from '@mantine/core';
import { type ReactElement, useEffect, useState } from 'react';
import { texts } from '../texts.ts';

/** seconds: from the server's last answer; the page counts down from there. */
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
