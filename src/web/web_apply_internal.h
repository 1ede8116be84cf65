/* SPDX-License-Identifier: Apache-2.0 */
/* web_apply_internal.h - what the pages of an application share. */
#ifndef WEB_WEB_APPLY_INTERNAL_H
#define WEB_WEB_APPLY_INTERNAL_H

#include "web/web_internal.h"

/* The draft of the path, as a copy of its own. False: answered, also when it was submitted long ago. */
bool web__draft(struct web__call *call, struct tb_json **ret_draft);
/* Saves a part of it (fields, agent, delivery, pledge, on_behalf). False: answered. */
bool web__draft_save(struct web__call *call, struct tb_json *change,
                     const struct tb_json **ret_draft);
/* What is to be filled in: [{href, title, hint, state: todo, part, done, fault or optional}]. */
struct tb_json *web__apply_steps(struct web__call *call, const struct tb_json *draft);
/* draft.steps, and draft.left_out: [{title}] of what is to be done before submitting. True: nothing. */
bool web__apply_put_steps(struct web__call *call, struct tb_json *draft);
/* Hands in one file; *ret_result is what POST /files answered. False: refused, with faults. */
bool web__upload(struct web__call *call, const struct http_part *file,
                 struct op_result *ret_result);
/* One line of an error summary: leads to the element of that id. */
void web__fault_add(struct web__call *call, struct tb_json *faults, tb_str id, tb_str text);

/* data.fields: those of section as the templates want them, with id, chosen options, parts of a date; data.faults: what
 * is wrong with them. */
void web__put_fields(struct web__call *call, struct tb_json *data, const struct tb_json *section);
/* What the form that came in says for this field, as its type is kept; in arena. */
struct tb_json *web__value_of_form(struct web__call *call, const struct tb_json *field);

/* A date is three fields. row.year, month, day: what was typed comes back even when no such day exists. */
void web__split_date(struct web__call *call, struct tb_json *row, tb_str value);
/* The day that the fields NAME.y, NAME.m, NAME.d name, as typed: 2026, 11, 31 is 2026-11-31, which the check will name.
 * Empty when all are. */
tb_str web__date_of_form(struct web__call *call, tb_str name);

void web__apply_begin(struct web__call *call);
void web__apply_delete(struct web__call *call);
void web__apply_list(struct web__call *call);
void web__apply_section(struct web__call *call);
void web__apply_section_save(struct web__call *call);
void web__apply_way(struct web__call *call);
void web__apply_way_save(struct web__call *call);
void web__apply_papers(struct web__call *call);
void web__apply_papers_add(struct web__call *call);
void web__apply_papers_remove(struct web__call *call);
void web__apply_delivery(struct web__call *call);
void web__apply_delivery_save(struct web__call *call);
void web__apply_agent(struct web__call *call);
void web__apply_agent_save(struct web__call *call);
void web__apply_window(struct web__call *call);
void web__apply_window_save(struct web__call *call);
void web__apply_review(struct web__call *call);
void web__apply_submit(struct web__call *call);
void web__my(struct web__call *call);

#endif
