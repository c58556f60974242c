/** The version of this release. The bundler inserts the number. */
import manifest from '../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
