/* Character sets that a program can designate: DEC special graphics and the national ones, the same as in xterm.js. */
#include <string.h>
#include <wchar.h>

#include "screen.h"

static const struct set {
    const char *finals; /* final characters of the sequences that designate it */
    const char *from;
    const wchar_t *to;
} SETS[] = {
    {"0", "`abcdefghijklmnopqrstuvwxyz{|}~", L"◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"},
    {"A", "#", L"£"},
    {"4", "#@[\\]{|}~", L"£¾i½|¨f¼´"},
    {"C5", "[\\]^`{|}~", L"ÄÖÅÜéäöåü"},
    {"R", "#@[\\]{|}~", L"£à°ç§éùè¨"},
    {"Q", "@[\\]^`{|}~", L"àâçêîôéùèû"},
    {"K", "@[\\]{|}~", L"§ÄÖÜäöüß"},
    {"Y", "#@[\\]`{|}~", L"£§°çéùàòèì"},
    {"E6", "@[\\]^`{|}~", L"ÄÆØÅÜäæøåü"},
    {"Z", "#@[\\]{|}", L"£§¡Ñ¿°ñç"},
    {"H7", "@[\\]^`{|}~", L"ÉÄÖÅÜéäöåü"},
    {"=", "#@[\\]^_`{|}~", L"ùàéçêîèôäöüû"},
};

static const struct set *find_set(char final) {
    for (size_t i = 0; final != '\0' && i < sizeof SETS / sizeof *SETS; i++)
        if (strchr(SETS[i].finals, final) != NULL)
            return &SETS[i];
    return NULL;
}

uint32_t translate(char charset, uint32_t code) {
    const struct set *set = code < 0x7f ? find_set(charset) : NULL;
    const char *found = set == NULL ? NULL : strchr(set->from, (int)code);
    return found == NULL || *found == '\0' ? code : (uint32_t)set->to[found - set->from];
}

uint32_t translate_back(char charset, uint32_t code) {
    if (translate(charset, code) == code)
        return code;
    for (uint32_t from = ' '; from < 0x7f; from++)
        if (translate(charset, from) == code)
            return from;
    return code;
}

void choose_level(struct screen *screen, int level) {
    screen->level = level;
    screen->charset = screen->charsets[level];
}

void choose_charset(struct screen *screen, int level, char final) {
    if (final != 'B' && find_set(final) == NULL)
        return;
    screen->charsets[level] = final == 'B' ? '\0' : final;
    if (level == screen->level)
        screen->charset = screen->charsets[level];
}
