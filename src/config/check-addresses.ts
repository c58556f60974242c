/** Reports invalid public addresses, with the file and line that set them. */
import type { Finding } from './finding.ts';
import type { LoadedConfiguration } from './load.ts';
import { findWrongAddresses } from './public-address.ts';

export function checkAddresses({ values, origins }: LoadedConfiguration): Finding[] {
  return findWrongAddresses(values).flatMap(([key, wanted]): Finding[] => {
    const origin = origins[key];
    return origin === 'default'
      ? []
      : [{ ...origin, level: 'error', text: `'${key}' wanted ${wanted}` }];
  });
}
