/* Decides which viewer answers a program's queries of its terminal (its type, the cursor's position, a colour). All
 * viewers see the query; only the one in which the user typed last answers. For each byte of output one viewer answers:
 * a change takes effect at an offset of the output. */
#include "host.h"

static bool can_answer(const struct viewer *viewer) {
    return viewer->joined && !viewer->finished && (viewer->id != 0 || viewer->rows != 0);
}

/* The viewer is `vestibule run`: the terminal that it runs in always answers. */
static bool cannot_be_quiet(const struct viewer *viewer) {
    return viewer->id == 0;
}

static void give(struct host *host, struct viewer *viewer, uint64_t from) {
    host->answerer = viewer;
    viewer->answers_from = from;
    viewer->answers_to = UINT64_MAX;
}

bool answers_now(const struct viewer *viewer) {
    return viewer->at[OUTPUT] >= viewer->answers_from && viewer->at[OUTPUT] < viewer->answers_to;
}

size_t answers_same_for(const struct viewer *viewer, size_t most) {
    const uint64_t at = viewer->at[OUTPUT];
    const uint64_t change = at < viewer->answers_from ? viewer->answers_from : viewer->answers_to;
    return change > at && change - at < most ? (size_t)(change - at) : most;
}

void answers_join(struct host *host, struct viewer *viewer) {
    if (!host->pty || host->answerer != NULL || !can_answer(viewer))
        return;
    /* The last answering viewer is back: nobody has answered the output that it has not been sent yet. */
    if (viewer->id != 0 && viewer->id == host->last_answerer && viewer->at[OUTPUT] < host->answered)
        host->answered = viewer->at[OUTPUT];
    give(host, viewer, host->answered);
}

void answers_typed(struct host *host, struct viewer *viewer) {
    struct viewer *before = host->answerer;
    /* A viewer can answer one range of output at a time: it must have passed its earlier one. */
    const bool is_free = viewer->at[OUTPUT] >= viewer->answers_to || viewer->answers_to == 0;
    if (!host->pty || before == viewer || before == NULL || cannot_be_quiet(before) || !is_free)
        return;
    before->answers_to = host->streams[OUTPUT].ring.end;
    give(host, viewer, before->answers_to);
}

void answers_rest(struct host *host, const struct viewer *viewer) {
    if (host->answerer != viewer)
        return;
    if (viewer->at[OUTPUT] > host->answered)
        host->answered = viewer->at[OUTPUT];
    host->last_answerer = viewer->id;
    host->answerer = NULL;
}

void answers_leave(struct host *host, const struct viewer *viewer) {
    if (host->answerer != viewer)
        return;
    answers_rest(host, viewer);
    for (size_t i = 0; i < MAX_VIEWERS && host->answerer == NULL; i++)
        if (&host->viewers[i] != viewer && can_answer(&host->viewers[i]))
            give(host, &host->viewers[i], host->answered);
}
