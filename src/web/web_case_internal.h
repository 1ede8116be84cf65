/* SPDX-License-Identifier: Apache-2.0 */
/* web_case_internal.h - the pages of a case, of certificates, ratings and grants. */
#ifndef WEB_WEB_CASE_INTERNAL_H
#define WEB_WEB_CASE_INTERNAL_H

#include "web/web_internal.h"

/* data.is_counting; while the case goes on also data.ruler, data.weeks, first_day, last_day: the clock of a case as
 * drawn on its page. */
void web__put_clock(struct web__call *call, struct tb_json *data, const struct tb_json *clock,
                    bool is_over);

/* The case of the path as whoever asks may see it, as a copy of its own. False: answered. */
bool web__find_case(struct web__call *call, struct tb_json **ret_case);

/* The code with which somebody opened a case here, out of his cookie; absent when none. */
tb_str web__case_code(const struct web__call *call);

void web__case(struct web__call *call);
void web__case_received(struct web__call *call);
void web__case_letter(struct web__call *call);
void web__case_withdraw(struct web__call *call);
void web__case_withdraw_done(struct web__call *call);
void web__case_supplement(struct web__call *call);
void web__case_supplement_done(struct web__call *call);
void web__progress(struct web__call *call);
void web__progress_find(struct web__call *call);
void web__progress_end(struct web__call *call);
void web__rate(struct web__call *call);
void web__rate_done(struct web__call *call);
void web__check(struct web__call *call);
void web__check_file(struct web__call *call);
void web__check_mark(struct web__call *call);
void web__certificate_pdf(struct web__call *call);
void web__revocations(struct web__call *call);
void web__grants(struct web__call *call);
void web__about(struct web__call *call);

#endif
