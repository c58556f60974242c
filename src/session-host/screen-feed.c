/* Parses bytes into characters and sequences: UTF-8, then the states of the VT500 parser of xterm.js. */
#include <stdlib.h>
#include <string.h>

#include "screen.h"

enum {
    GROUND, ESCAPE, ESCAPE_INTERMEDIATE, CSI_ENTRY, CSI_PARAM, CSI_INTERMEDIATE, CSI_IGNORE, STRING, OSC,
    DCS_ENTRY, DCS_PARAM, DCS_INTERMEDIATE, DCS_IGNORE, DCS_DATA,
};
enum { MAX_VALUE = 0x7fffffff };

size_t encode_utf8(uint32_t code, uint8_t ret_bytes[4]) {
    size_t size = 0;
    if (code < 0x80)
        ret_bytes[size++] = (uint8_t)code;
    else if (code < 0x800)
        ret_bytes[size++] = (uint8_t)(0xc0 | code >> 6);
    else if (code < 0x10000)
        ret_bytes[size++] = (uint8_t)(0xe0 | code >> 12);
    else {
        ret_bytes[size++] = (uint8_t)(0xf0 | code >> 18);
        ret_bytes[size++] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
    }
    if (code >= 0x800)
        ret_bytes[size++] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    if (code >= 0x80)
        ret_bytes[size++] = (uint8_t)(0x80 | (code & 0x3f));
    return size;
}

/* Stores the beginning of an unfinished sequence: a viewer that is sent the rest needs it. */
static void keep(struct sequence *sequence, uint32_t code) {
    uint8_t bytes[4];
    const size_t size = encode_utf8(code, bytes);
    sequence->is_cut |= size > MAX_PENDING - sequence->pending_size;
    if (sequence->is_cut)
        return;
    memcpy(sequence->pending + sequence->pending_size, bytes, size);
    sequence->pending_size += size;
}

static void start(struct sequence *sequence, uint8_t state, uint32_t code) {
    sequence->is_cut = false;
    if (!(state == CSI_ENTRY || state == OSC || state == STRING || state == DCS_ENTRY) || code >= 0x80)
        sequence->pending_size = 0; /* else the ESC before it is part of the sequence */
    keep(sequence, code);
    sequence->state = state;
    sequence->collected = 0;
    sequence->count = 1;
    sequence->values[0] = 0;
    sequence->part_counts[0] = 0;
    sequence->is_full = false;
}

static void take_digit(struct sequence *sequence, int digit) {
    const int last = sequence->count - 1;
    int32_t *value = &sequence->values[last];
    if (sequence->is_full)
        return;
    if (sequence->part_counts[last] > 0)
        value = &sequence->parts[last][sequence->part_counts[last] - 1];
    const int64_t next = *value < 0 ? digit : (int64_t)*value * 10 + digit;
    *value = next > MAX_VALUE ? MAX_VALUE : (int32_t)next;
}

static void take_parameter(struct sequence *sequence, uint32_t code) {
    const int last = sequence->count - 1;
    if (code == ';') {
        sequence->is_full = sequence->count == MAX_PARAMETERS;
        if (sequence->is_full)
            return;
        sequence->values[sequence->count] = 0;
        sequence->part_counts[sequence->count++] = 0;
    } else if (code != ':')
        take_digit(sequence, (int)(code - '0'));
    else if (sequence->part_counts[last] < 6)
        sequence->parts[last][sequence->part_counts[last]++] = -1;
}

static void end(struct screen *screen) {
    screen->sequence.state = GROUND;
    screen->last_width = 0;
}

/* Handles a code that begins or ends a sequence in every state. False: it is no such code. */
static bool take_anywhere(struct screen *screen, uint32_t code) {
    struct sequence *sequence = &screen->sequence;
    if (sequence->state == OSC && (code == 0x1b || code == 0x07 || code == 0x9c))
        screen_osc(screen);
    if (code == 0x1b) {
        screen->last_width = sequence->state == OSC || sequence->state == DCS_DATA ? 0 : screen->last_width;
        start(sequence, ESCAPE, code);
    } else if (code == 0x9b)
        start(sequence, CSI_ENTRY, code);
    else if (code == 0x90)
        start(sequence, DCS_ENTRY, code);
    else if (code == 0x9d)
        start(sequence, OSC, code);
    else if (code == 0x98 || code == 0x9e || code == 0x9f)
        start(sequence, STRING, code);
    else if (code == 0x9c && sequence->state != OSC && sequence->state != DCS_DATA)
        sequence->state = GROUND;
    else if (code == 0x18 || code == 0x1a || (code >= 0x80 && code < 0xa0) || (code == 0x07 && sequence->state == OSC)) {
        screen_execute(screen, code == 0x07 ? 0 : code);
        end(screen);
    } else
        return false;
    return true;
}

static void take_escape(struct screen *screen, uint32_t code) {
    struct sequence *sequence = &screen->sequence;
    if (code == 0x7f)
        return;
    if (code < 0x30) {
        keep(sequence, code);
        sequence->collected = sequence->collected << 8 | code;
        sequence->state = ESCAPE_INTERMEDIATE;
    } else if (sequence->state == ESCAPE && (code == '[' || code == ']' || code == 'P'))
        start(sequence, code == '[' ? CSI_ENTRY : code == ']' ? OSC : DCS_ENTRY, code);
    else if (sequence->state == ESCAPE && (code == 'X' || code == '^' || code == '_'))
        start(sequence, STRING, code);
    else {
        screen_esc(screen, code);
        end(screen);
    }
}

static void take_csi(struct screen *screen, uint32_t code) {
    struct sequence *sequence = &screen->sequence;
    const uint8_t state = sequence->state;
    if (code == 0x7f)
        return;
    if (code >= 0x40) {
        if (state == CSI_IGNORE) {
            sequence->state = GROUND;
            return;
        }
        screen_csi(screen, code);
        end(screen);
        return;
    }
    keep(sequence, code);
    if (state == CSI_IGNORE)
        return;
    if (code < 0x30) {
        sequence->collected = sequence->collected << 8 | code;
        sequence->state = CSI_INTERMEDIATE;
    } else if (state == CSI_INTERMEDIATE || (code >= 0x3c && state == CSI_PARAM))
        sequence->state = CSI_IGNORE;
    else {
        if (code >= 0x3c)
            sequence->collected = sequence->collected << 8 | code;
        else
            take_parameter(sequence, code);
        sequence->state = CSI_PARAM;
    }
}

/* DCS: its content has no effect on the screen. */
static void take_dcs(struct sequence *sequence, uint32_t code) {
    const uint8_t state = sequence->state;
    if (code == 0x7f || state == DCS_IGNORE || state == DCS_DATA || code < 0x20) {
        keep(sequence, code);
        return;
    }
    keep(sequence, code);
    if (code >= 0x40)
        sequence->state = DCS_DATA;
    else if (code < 0x30)
        sequence->state = DCS_INTERMEDIATE;
    else if (state == DCS_INTERMEDIATE || (state == DCS_PARAM && code >= 0x3c))
        sequence->state = DCS_IGNORE;
    else
        sequence->state = DCS_PARAM;
}

static void take(struct screen *screen, uint32_t code) {
    struct sequence *sequence = &screen->sequence;
    const uint8_t state = sequence->state;
    if (state == GROUND && code >= 0x20 && code != 0x7f && (code < 0x80 || code >= 0xa0)) {
        screen_print(screen, code);
        return;
    }
    screen->in_run = false;
    if ((code < 0x20 || code >= 0x80) && take_anywhere(screen, code))
        return;
    if (code >= 0xa0) { /* outside strings it ends the sequence, and is not shown */
        if (state == OSC || state == CSI_IGNORE || state == DCS_IGNORE || state == DCS_DATA)
            keep(sequence, code);
        else
            sequence->state = GROUND;
    } else if (state <= CSI_IGNORE && code < 0x20) {
        screen_execute(screen, code);
        screen->last_width = 0;
    } else if (state == OSC) {
        if (code >= 0x20)
            keep(sequence, code);
    } else if (state >= DCS_ENTRY)
        take_dcs(sequence, code);
    else if (state >= CSI_ENTRY && state <= CSI_IGNORE)
        take_csi(screen, code);
    else if (state == ESCAPE || state == ESCAPE_INTERMEDIATE)
        take_escape(screen, code);
}

/* The character that these bytes encode; 0 for overlong forms, surrogates, the byte order mark and values above
 * Unicode. */
static uint32_t decode(const uint8_t *bytes, size_t size) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code = bytes[0] & (0xffU >> (size + 1));
    for (size_t i = 1; i < size; i++)
        code = code << 6 | (bytes[i] & 0x3f);
    const bool is_one = code >= least[size] && !(code >= 0xd800 && code < 0xe000) && code != 0xfeff && code <= 0x10ffff;
    return is_one ? code : 0;
}

static size_t length_of(uint8_t first) {
    return first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
}

/* Handles a byte that screen_print_run has not taken. */
static void take_byte(struct screen *screen, uint8_t byte) {
    if (screen->utf8_size > 0 && (byte & 0xc0) == 0x80) {
        screen->utf8[screen->utf8_size++] = byte;
        if (screen->utf8_size < length_of(screen->utf8[0]))
            return;
        const uint32_t code = decode(screen->utf8, screen->utf8_size);
        screen->utf8_size = 0;
        if (code != 0)
            take(screen, code);
        return;
    }
    screen->utf8_size = 0;
    if (byte < 0x80)
        take(screen, byte);
    else if (length_of(byte) > 0)
        screen->utf8[screen->utf8_size++] = byte;
}

size_t screen_feed(struct screen *screen, const uint8_t *bytes, size_t size, uint64_t most) {
    const uint64_t begin = screen->work;
    size_t done = 0;
    while (done < size && screen->work - begin < most) {
        const size_t run = screen->utf8_size == 0 ? screen_print_run(screen, bytes + done, size - done) : 0;
        screen->work += run == 0;
        if (run == 0)
            take_byte(screen, bytes[done]);
        done += run == 0 ? 1 : run;
    }
    return done;
}
