/** Branded types: a user name is not a session id, although both are strings. */
declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** The canonical login name, as returned by getpwnam(3). */
export type UserName = Brand<string, 'UserName'>;
/** A user id, 0 to 4294967294. */
export type Uid = Brand<number, 'Uid'>;
/** 32 lower-case hexadecimal digits (16 random bytes); names the session's directory. */
export type SessionId = Brand<string, 'SessionId'>;
/** Like a SessionId, and never equal to one; names the socket of the leader that holds the PAM session. */
export type PamSessionId = Brand<string, 'PamSessionId'>;
/** 32 lower-case hexadecimal digits; identifies one conversation with PAM. */
export type ConversationId = Brand<string, 'ConversationId'>;
/** Identifies a ticket without being one, so it may be logged and sent to the gateway. */
export type TicketId = Brand<string, 'TicketId'>;

/** Where PAM sessions run: 'local' is this machine. */
export type Place = 'local';

export const ID_PATTERN = /^[0-9a-f]{32}$/;
