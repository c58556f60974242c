/* Between the files of the configuration's reader. */
#ifndef VESTIBULE_CONFIG_VALUE_H
#define VESTIBULE_CONFIG_VALUE_H

#include "options.h"

/* Checks a value of at most its type's length and puts it into its field; false when it is wrong. */
bool config_take_value(struct config *config, const struct option *option, const char *value);

#endif
