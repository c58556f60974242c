/**
 * A diagnostics channel on which each file is announced before it is read. When a file system does not answer, the last
 * announced file is the one that the process waits for.
 */
import { channel } from 'node:diagnostics_channel';

export const reads = channel('vestibule:reads');
