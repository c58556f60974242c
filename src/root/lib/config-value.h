/* Shared by the files that read the configuration. */
#ifndef VESTIBULE_CONFIG_VALUE_H
#define VESTIBULE_CONFIG_VALUE_H

#include "options.h"

/* Checks a value, not longer than its type allows, and stores it in its field; false if it is invalid. */
bool config_take_value(struct config *config, const struct option *option, const char *value);

#endif
