/** Branded names: a user name is not a session id, though both are strings. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** The canonical login name, as getpwnam(3) gave it back. */
export type UserName = Brand<string, 'UserName'>;
/** A user id, 0 to 4294967294. */
export type Uid = Brand<number, 'Uid'>;
/** 32 lower-case hexadecimal digits (16 random bytes); names the session's directory. */
export type SessionId = Brand<string, 'SessionId'>;
/** As a SessionId, and never the same; names the socket of the leader that holds the PAM session. */
export type PamSessionId = Brand<string, 'PamSessionId'>;
/** 32 lower-case hexadecimal digits; names one sign-in conversation. */
export type ConversationId = Brand<string, 'ConversationId'>;
/** Names a ticket without being one: safe to log and to send to the gateway in a revocation. */
export type TicketId = Brand<string, 'TicketId'>;

/** Where sessions run: 'local' is this machine. */
export type Place = 'local';

export const ID_PATTERN = /^[0-9a-f]{32}$/;
