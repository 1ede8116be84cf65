/* SPDX-License-Identifier: Apache-2.0 */
/* cases_correction.h - the form goes back to the applicant (行政许可法 32(4)): the notice names fields, he gets the form
 * back with every answer kept, corrects what was named, and sends it again.
 *
 * A line of a notice names a paper, a field, or a paper that the system makes of the form, which opens the whole form.
 * What a correction brings with it is open as well: a field that was not there before, and one that no longer fits. */
#ifndef CASES_CORRECTION_H
#define CASES_CORRECTION_H

#include "cases/cases_filing.h"

/* Lines of the latest notice; NULL when there was none. Points into an arena copy. */
const struct tb_json *cases__notice_lines(struct tb_arena *arena,
                                          const struct cases__events *events);
/* Has a correction after the latest notice answered this line of it? False for lines that ask for a paper. */
bool cases__line_is_corrected(struct tb_arena *arena, const struct cases__events *events,
                              const struct tb_json *line);
/* Was the field in a correction at any time? What newly came may be asked about again (F16). */
bool cases__was_corrected(struct tb_arena *arena, const struct cases__events *events, tb_str key);

/* A line that names a field: adds what is wrong with it, at lines.INDEX. */
TB_NODISCARD tb_status cases__field_line_check(struct cases__act *act, const struct tb_json *line,
                                               size_t index, struct tb_err *err);
/* The same line as the notice keeps it: {field, section, name, what, why, how …}; in arena. */
TB_NODISCARD tb_status cases__field_line(struct cases__act *act, const struct tb_json *line,
                                         struct tb_json **ret_row, struct tb_err *err);

/* What the clerk wrote beside the fields while checking, {key: words}; NULL: nothing. */
const struct tb_json *cases__form_notes(struct tb_arena *arena, const struct cases__case *of_case);
/* Takes notes [{key, note}] into the case; an empty note takes the old one away. Unknown keys are faults. */
TB_NODISCARD tb_status cases__form_notes_save(struct cases__act *act, const struct tb_json *notes,
                                              struct tb_err *err);
/* A note that still stands is in the way of acceptance; adds faults at fields.KEY. */
TB_NODISCARD tb_status cases__form_notes_check(struct cases__act *act, struct tb_err *err);

/* A corrected form, checked. */
struct cases__correction {
    int64_t events; /* of the case when it was checked */
    tb_str fields, previous, extra;
    struct tb_json *keys; /* what was sent */
    struct cases__filing filing;
    bool has_new_previous;
};
/* Checks in.fields against what the notice opened, outside the batch. TB_INVALID with all faults. in arena. */
TB_NODISCARD tb_status cases__correction_check(struct op_ctx *ctx, const struct tb_json *in,
                                               struct cases__correction **ret_correction,
                                               struct tb_err *err);
/* Writes it. TB_CONFLICT when the case went on meanwhile. */
TB_NODISCARD tb_status cases__correction_write(struct cases__act *act,
                                               const struct cases__correction *correction,
                                               struct tb_err *err);

CASES_ROWS(cases__correction_rows);

#endif
