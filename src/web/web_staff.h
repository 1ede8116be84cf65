/* SPDX-License-Identifier: Apache-2.0 */
/* web_staff.h - handlers of the staff pages, in pages/. */
#ifndef WEB_WEB_STAFF_H
#define WEB_WEB_STAFF_H

#include "web/web_internal.h"

void web__desk(struct web__call *call); /* the window: queue, and the first case of it */
void web__desk_new(struct web__call *call);
void web__desk_case(struct web__call *call); /* the window with one case open */
void web__desk_act(struct web__call *call);  /* ticks, notice, acceptance, refusal */
void web__tasks(struct web__call *call);
void web__task(struct web__call *call);
void web__task_done(struct web__call *call);
void web__board(struct web__call *call);
void web__cards(struct web__call *call);
void web__card_act(struct web__call *call);
void web__accounts(struct web__call *call);
void web__account_make(struct web__call *call);
void web__account_act(struct web__call *call); /* lock, unlock, close, a new one-time password */
void web__packs(struct web__call *call);
void web__hearing(struct web__call *call); /* where it stands, and the next step */
void web__hearing_act(struct web__call *call);
void web__second_notice(struct web__call *call); /* a supervisor allows one more */
void web__second_notice_done(struct web__call *call);
void web__bars_list(struct web__call *call);
void web__fixes(struct web__call *call); /* what bad ratings oblige to */
void web__fix_act(struct web__call *call);
void web__archive(struct web__call *call);   /* where an archivist works */
void web__help(struct web__call *call);      /* where a helper works */
void web__case_file(struct web__call *call); /* a paper of a case, for whoever may see the case */

/* A bar of a chart. Labels are borrowed; kind is that of a state: ok, info, warn, bad. */
struct web__bar {
    tb_str label;
    int64_t value;
    const char *kind;
};
/* Horizontal bars: list of {label, count, kind, bar}, bar for {{svg …}}; in arena. */
struct tb_json *web__bars(struct web__call *call, const struct web__bar *bars, size_t count);

#endif
