/* Which names may reach PAM: test/corpus/names.txt, which src/protocol/names.test.ts holds TypeScript to. */
#include "names.h"
#include "tap.h"

/* "%41" becomes "A"; the size, because a NUL may be among them. */
static size_t unescape(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; to++) {
        unsigned byte = (unsigned char)*from;
        from += *from == '%' && sscanf(from, "%%%2x", &byte) == 1 ? 3 : 1;
        *to = (char)byte;
    }
    *to = '\0';
    return (size_t)(to - text);
}

static void test_line(char *line) {
    char shown[64];
    line[strcspn(line, "\n")] = '\0';
    (void)snprintf(shown, sizeof shown, "%.63s", line);
    char *verdict = strchr(line, ' ') + 1, *name = strchr(verdict, ' ') + 1;
    const size_t size = unescape(name);
    const bool fits = line[0] == 'u' ? is_user_name(name, size) : is_host_name(name, size);
    check(fits == (verdict[0] == 'y'), shown);
}

int main(void) {
    char line[4096];
    FILE *corpus = fopen("test/corpus/names.txt", "re");
    if (corpus == NULL)
        abort();
    while (fgets(line, sizeof line, corpus) != NULL)
        test_line(line);
    (void)fclose(corpus);
    return tap_end();
}
