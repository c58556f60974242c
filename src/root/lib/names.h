/* Which names may reach PAM and its modules. */
#ifndef VESTIBULE_NAMES_H
#define VESTIBULE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

bool is_user_name(const char *name, size_t size);
/* A profile's name, too; empty is one. */
bool is_host_name(const char *name, size_t size);

#endif
