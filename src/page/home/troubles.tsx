/** The server's troubles and what to do about them. Only administrators are sent any. */
import { Alert, List, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Home } from '../../protocol/page-gateway.ts';
import { texts } from '../texts.ts';

export function Troubles({ troubles }: Pick<Home, 'troubles'>): ReactElement {
  return (
    // Always there: screen readers announce changes in an element, not a new one.
    <div role="status">
      {troubles.length > 0 && (
        <Alert color="red" variant="outline" role="note" className="troubles">
          <Text fw={600}>{texts.troubles.title}</Text>
          <List size="sm">
            {troubles.map(({ path, text }) => (
              <List.Item key={path}>{text}</List.Item>
            ))}
          </List>
          <Text size="sm" c="dimmed">
            {texts.troubles.why}
          </Text>
        </Alert>
      )}
    </div>
  );
}
