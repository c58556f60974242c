/** What is about to be read, told before it is: where a file system does not answer, the last one is what is waited for. */
import { channel } from 'node:diagnostics_channel';

export const reads = channel('vestibule:reads');
