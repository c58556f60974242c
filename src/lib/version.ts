/** This release's version. The bundler puts the number in. */
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
