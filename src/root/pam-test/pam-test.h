/* vestibule-pam-test: a leader that tests profiles for root, and does nothing else. But for what is declared here and its
 * table of requests it has the files of the leader (Makefile). */
#ifndef VESTIBULE_PAM_TEST_H
#define VESTIBULE_PAM_TEST_H

#include "../leader/messages.h"
#include "../leader/pam.h"

/* test-profile.c */
request_handler request_test;

/* take-syslog.c: from take to give_back /dev/log is ours. Lines that modules write between read (-1: they cannot be had)
 * and read_end go to the owner. */
void syslog_take(struct leader *leader);
void syslog_give_back(void);
pid_t syslog_read(struct leader *leader);
void syslog_read_end(pid_t reader);

#endif
