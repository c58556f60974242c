/* Which names may be passed to PAM and its modules. */
#ifndef VESTIBULE_NAMES_H
#define VESTIBULE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

bool is_user_name(const char *name, size_t size);
/* Also for names of profiles. Accepts an empty name. */
bool is_host_name(const char *name, size_t size);

#endif
