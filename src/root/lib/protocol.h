/* Made by 'npm run generate' from src/protocol/. Do not edit. */
#ifndef VESTIBULE_PROTOCOL_H
#define VESTIBULE_PROTOCOL_H

#define VST_TO_LEADER_HELLO 1 /* u32 version */
#define VST_TO_LEADER_AUTHENTICATE 3 /* bytes conversation, string service, string user, string rhost */
#define VST_TO_LEADER_ANSWER 5 /* u32 first, blobs sealed */
#define VST_TO_LEADER_CANCEL 7 /* no fields */
#define VST_TO_LEADER_OPEN 9 /* string pamSession, bytes conversation, string service, string user, bytes grant, string rhost, string label, u8 attached, u8 close, string terminal */
#define VST_TO_LEADER_SPAWN 11 /* string session, u8 pty, u16 rows, u16 columns, bytes key, u8 lossless, u32 scrollback, bytes grant */
#define VST_TO_LEADER_ROTATE 13 /* string session, u8 drop, bytes key */
#define VST_TO_LEADER_END 15 /* string session */
#define VST_TO_LEADER_CLOSE 23 /* no fields */
#define VST_TO_LEADER_NOTED 25 /* string session */
#define VST_TO_LEADER_CHECK 17 /* string user, bytes grant, string rhost */
#define VST_TO_LEADER_TEST 19 /* bytes conversation, string service, string user, string rhost, strings operations */
#define VST_TO_LEADER_RUN 21 /* string session, u8 pty, u16 rows, u16 columns, bytes key, u8 lossless, u32 scrollback, strings argv, strings environment */

#define VST_FROM_LEADER_HELLO 2 /* u32 version, u32 pid, u8 phase, string pamSession, string user, u32 uid, string service, string label, u8 attached, u8 close, u64 openedAt, strings sessions, strings ttys, u32s pids, u32s statuses, bytes states */
#define VST_FROM_LEADER_KEY 4 /* bytes public, u64 expires, bytes signature, u32 patience */
#define VST_FROM_LEADER_PROMPT 6 /* u32 first, bytes styles, strings texts */
#define VST_FROM_LEADER_AUTHENTICATED 8 /* string user, u32 uid, bytes grant, u64 expires */
#define VST_FROM_LEADER_FAILED 10 /* string session, u8 stage, u32 code, string text */
#define VST_FROM_LEADER_OPENED 12 /* no fields */
#define VST_FROM_LEADER_SPAWNED 14 /* string session, u32 pid, string tty */
#define VST_FROM_LEADER_EXITED 16 /* string session, u32 status, bytes words */
#define VST_FROM_LEADER_ENDED 26 /* string session */
#define VST_FROM_LEADER_CLOSED 18 /* no fields */
#define VST_FROM_LEADER_CHECKED 20 /* no fields */
#define VST_FROM_LEADER_TESTED 22 /* string operation, u32 code, string text, u64 microseconds */
#define VST_FROM_LEADER_LOGGED 24 /* string line */

#define VST_PHASE_FRESH 0
#define VST_PHASE_AUTHENTICATING 1
#define VST_PHASE_OPENING 2
#define VST_PHASE_OPEN 3
#define VST_PHASE_ENDING 4
#define VST_PHASE_CLOSED 5

#define VST_CLOSE_ASKED 0
#define VST_CLOSE_LAST_PROGRAM 1

#define VST_STAGE_PROTOCOL 0
#define VST_STAGE_POLICY 1
#define VST_STAGE_GRANT 2
#define VST_STAGE_START 3
#define VST_STAGE_AUTHENTICATE 4
#define VST_STAGE_ACCOUNT 5
#define VST_STAGE_PASSWORD 6
#define VST_STAGE_USER 7
#define VST_STAGE_CREDENTIALS 8
#define VST_STAGE_SESSION 9
#define VST_STAGE_SPAWN 10
#define VST_STAGE_EXECUTE 11

#define VST_PROGRAM_FREE 0
#define VST_PROGRAM_READY 1
#define VST_PROGRAM_STARTING 2
#define VST_PROGRAM_RUNNING 3
#define VST_PROGRAM_EXITED 4
#define VST_PROGRAM_ENDED 5

#define VST_TO_HOST_START 1 /* u32 version, u8 pamSessions, u8 pty, u8 lossless, u32 scrollback, u32 webUid, u32 seconds, u16 rows, u16 columns, bytes key, string home, string program, strings argv, strings environment */
#define VST_TO_HOST_ROTATE 3 /* u8 drop, bytes key */
#define VST_TO_HOST_HANGUP 5 /* no fields */

#define VST_FROM_HOST_STARTED 2 /* u32 pid */
#define VST_FROM_HOST_FAILED 4 /* u32 error, u8 executing, string text */
#define VST_FROM_HOST_EXITED 6 /* u32 status, bytes words */

#define VST_TO_SESSION_HELLO 1 /* u32 version, bytes key, u64 viewer, u64 from, u16 rows, u16 columns */
#define VST_TO_SESSION_INPUT 3 /* rest data */
#define VST_TO_SESSION_RESIZE 5 /* u16 rows, u16 columns */
#define VST_TO_SESSION_EOF 7 /* no fields */
#define VST_TO_SESSION_SIGNAL 9 /* u8 number */
#define VST_TO_SESSION_CHECK 11 /* no fields */

#define VST_FROM_SESSION_HELLO 2 /* u32 version, u64 taken, u64 from, u64 seen, u16 rows, u16 columns */
#define VST_FROM_SESSION_OUTPUT 4 /* rest data */
#define VST_FROM_SESSION_ERRORS 6 /* rest data */
#define VST_FROM_SESSION_EXIT 8 /* u32 status */
#define VST_FROM_SESSION_SIZE 10 /* u16 rows, u16 columns */
#define VST_FROM_SESSION_GAP 12 /* u64 to, u16 rows, u16 columns */
#define VST_FROM_SESSION_SCREEN 22 /* u8 last, rest data */
#define VST_FROM_SESSION_TAKEN 14 /* u64 bytes */
#define VST_FROM_SESSION_JOBS 16 /* u8 running */
#define VST_FROM_SESSION_ANSWERS 20 /* u8 on */
#define VST_FROM_SESSION_ALIVE 18 /* no fields */

#define VST_LEADER_PROTOCOL_VERSION 5
#define VST_MAX_ROOT_FRAME 262144
#define VST_MAX_NAME 255
#define VST_MAX_STRINGS 1024
#define VST_LAST_WORDS_BYTES 1000
#define VST_KEY_SECONDS 600
#define VST_GRANT_SECONDS 604800
#define VST_SESSION_KEY_BYTES 32
#define VST_SESSION_PROTOCOL_VERSION 3
#define VST_MAX_SESSION_FRAME 65536
#define VST_ANSWER_VERSION 1
#define VST_ANSWER_PURPOSE_PAM 1
#define VST_SEALED_BYTES 624
#define VST_MAX_SECRET 511
#define VST_ANSWER_AT_VERSION 0
#define VST_ANSWER_AT_PURPOSE 1
#define VST_ANSWER_AT_LENGTH 2
#define VST_ANSWER_AT_PROMPT 4
#define VST_ANSWER_AT_EXPIRES 8
#define VST_ANSWER_AT_CONVERSATION 16
#define VST_ANSWER_AT_USER 32
#define VST_ANSWER_AT_SECRET 64
#define VST_ANSWER_AT_END 576
#define VST_KEY_SIGNATURE_CONTEXT "vestibule conversation key 1"

#define VST_PATH_RUN "/run/vestibule"
#define VST_PATH_LOCK "/run/vestibule.lock"
#define VST_PATH_ROOTD "/run/vestibule/rootd/s"
#define VST_PATH_PAM_TEST "/run/vestibule/pam-test/s"
#define VST_PATH_LEADERS "/run/vestibule/leaders"
#define VST_PATH_SESSIONS "/run/vestibule/sessions"
#define VST_PATH_BROKER_FOR_GATEWAY "/run/vestibule/broker/s"
#define VST_PATH_BROKER_FOR_CLI "/run/vestibule/cli/s"
#define VST_PATH_OVERRIDES "/run/vestibule/overrides.conf"
#define VST_PATH_SERVICES "/run/vestibule/services"
#define VST_PATH_CONFIGURATION "/etc/vestibule/vestibule.conf"
#define VST_PATH_STATE "/var/lib/vestibule"
#define VST_PATH_HOST_PUBLIC_KEY "/var/lib/vestibule/host.pub"
#define VST_PATH_HOST_SECRET_KEY "/var/lib/vestibule/root/host.key"
#define VST_PATH_GRANT_KEY "/var/lib/vestibule/root/grant.key"
#define VST_PATH_CERTIFICATE "/var/lib/vestibule/root/certificate.pem"
#define VST_PATH_DATABASE "/var/lib/vestibule/broker/vestibule.db"

#endif
