/* Parses the files named by its arguments as one configuration and prints what C makes of it: its problems, or else
 * key=value for every option that C reads. src/config/corpus.test.ts compares that with what TypeScript makes of it. */
#include "config.h"
#include "options.h"
#include "util.h"

#include <stdio.h>
#include <stdlib.h>

static void print_line(const char *line)
{
    (void)puts(line);
}

static void read_whole(struct config_text *text)
{
    FILE *file = fopen(text->file, "re");
    if (file == NULL)
        die_errno("%s", text->file);
    char *data = must_alloc(CONFIG_MAX_FILE + 1, 1);
    size_t size = fread(data, 1, CONFIG_MAX_FILE + 1, file);
    (void)fclose(file);
    /* Exactly as large as it is, so that the sanitizer sees a read past its end. */
    text->data = realloc(data, size > 0 ? size : 1);
    text->size = size;
}

/* Its items one by one: nothing but commas may separate them. */
static void print_list(const char *key, char *list)
{
    (void)printf("%s=", key);
    if (list[0] != '\0')
        for (const char *item; (item = config_next_item(&list)) != NULL;)
            (void)printf("[%s]", item);
    (void)printf("\n");
}

static void print_value(struct config *config, const struct option *option)
{
    void *field = (char *)config + option->at;
    if (option->type == OPTION_FLAG)
        (void)printf("%s=%d\n", option->key, *(const bool *)field);
    else if (option->type == OPTION_GROUPS || option->type == OPTION_ADDRESSES)
        print_list(option->key, field);
    else if (option->type != OPTION_NUMBER)
        (void)printf("%s=%s\n", option->key, (const char *)field);
    else if (option->size == sizeof(uint16_t))
        (void)printf("%s=%u\n", option->key, *(const uint16_t *)field);
    else
        (void)printf("%s=%u\n", option->key, *(const uint32_t *)field);
}

int main(int argc, char **argv)
{
    log_open("config-dump");
    size_t count = (size_t)argc - 1;
    struct config_text *texts = must_alloc(count + 1, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        texts[i].file = argv[i + 1];
        read_whole(&texts[i]);
    }
    struct config config;
    if (config_parse(&config, texts, count, print_line))
        for (size_t i = 0; i < KEY_COUNT; i++)
            if (OPTIONS[i].size > 0)
                print_value(&config, &OPTIONS[i]);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)texts[i].data);
    free(texts);
    return 0;
}
