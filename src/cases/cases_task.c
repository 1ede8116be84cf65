/* SPDX-License-Identifier: Apache-2.0 */
/* Work for people: the list by role and clock, one task with its case, taking it, doing it. */
#include "cases/cases_internal.h"
#include "cases/cases_task.sql.h"

/* ---- who may
 * ----------------------------------------------------------------------------------------------------- */

static unsigned
role_bit(tb_str name)
{
    for (size_t i = 0; i < op_role_count; i++) {
        if (tb_str_is(name, op_roles[i].name))
            return op_roles[i].role;
    }
    return 0;
}

static bool
may_do(const struct op_actor *who, const struct cases__task *task)
{
    unsigned role = role_bit(task->role) | role_bit(task->other_role);
    return role != 0 && op_may(who, role, task->division, task->department);
}

/* "51160220261122000017-2" into case number and number of the task. */
static bool
split_id(tb_str id, tb_str *ret_no, int64_t *ret_n)
{
    if (id.len < 22 || id.ptr[20] != '-')
        return false;
    *ret_no = tb_str_sub(id, 0, 20);
    return tb_str_to_int(tb_str_sub(id, 21, id.len), ret_n);
}

/* The task, when the actor may at least see its case; else TB_NOT_FOUND. */
static tb_status
find_task(struct op_ctx *ctx, tb_str id, struct cases__task *ret_task, struct cases__case *ret_case,
          struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    tb_str no;
    int64_t n = 0;
    if (!split_id(id, &no, &n))
        return tb_fail(err, TB_NOT_FOUND, "there is no such task");
    TB_TRY(cases__find(ctx, no, TB_STR_NONE, OP_STAFF | OP_SUPERVISOR, ret_case, NULL, err));
    TB_TRY(op_read(ctx, &read, err));
    struct store_value params[] = {STORE_TEXT_OF(no), STORE_INT_OF(n)};
    TB_TRY(store_select(read, sql_task_by_no, params, 2, &rows, err));
    bool is_there = store_next(rows);
    if (is_there)
        cases__read_task(op_arena(ctx), rows, ret_task);
    TB_TRY(store_rows_done(rows, err));
    return is_there ? TB_OK : tb_fail(err, TB_NOT_FOUND, "there is no such task");
}

/* ---- the list
 * ---------------------------------------------------------------------------------------------------- */

static tb_str
earlier(tb_str a, tb_str b)
{
    if (a.len == 0 || (b.len > 0 && tb_str_cmp(b, a) < 0))
        return b;
    return a;
}

static struct tb_json *
list_row(struct op_ctx *ctx, const struct store_rows *rows)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases *cases = op_self(ctx);
    struct tb_json *row = cases__object(arena);
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, store_text(rows, 11));
    const struct packs_item *item =
        pack != NULL ? packs_situation(pack, store_text(rows, 12)) : NULL;
    tb_str element = cases__text(arena, rows, 2), no = cases__text(arena, rows, 9);
    tb_json_set_text(arena, row, "id",
                     tb_printf(arena, TB_FMT "-%lld", TB_ARG(no), (long long)store_int(rows, 1)));
    tb_json_set_text(arena, row, "no", no);
    tb_json_set_text(arena, row, "item", cases__text(arena, rows, 10));
    tb_json_set_text(arena, row, "name", item != NULL ? item->name : TB_STR_NONE);
    tb_json_set_text(arena, row, "situation", item != NULL ? item->situation : TB_STR_NONE);
    tb_json_set_text(arena, row, "applicant",
                     cases__mask_name(arena, cases__text(arena, rows, 13),
                                      tb_str_is(store_text(rows, 17), "firm")));
    tb_json_set_text(arena, row, "element", element);
    tb_json_set_text(arena, row, "task_name",
                     pack != NULL
                         ? packs_words(arena, pack, op_lang(ctx), "task." TB_FMT, TB_ARG(element))
                         : element);
    tb_json_set_text(arena, row, "role", cases__text(arena, rows, 3));
    tb_json_set_text(arena, row, "state", cases__text(arena, rows, 6));
    tb_json_set_text(arena, row, "case_state", cases__text(arena, rows, 19));
    tb_json_set_text(arena, row, "received_at", tb_instant_format(arena, store_int(rows, 16)));
    tb_json_set_bool(arena, row, "is_mine", store_int(rows, 8) == op_who(ctx)->account);
    tb_json_set_bool(arena, row, "is_claimed", !store_is_null(rows, 8));
    tb_json_set_bool(arena, row, "is_signed", store_int(rows, 20) > 0);
    tb_str due = earlier(cases__text(arena, rows, 7), cases__text(arena, rows, 15));
    cases_set_due(
        arena, row, cases->options.calendar, op_today(ctx),
        earlier(earlier(due, cases__text(arena, rows, 14)), cases__text(arena, rows, 18)));
    return row;
}

static bool
is_listed(const struct tb_json *list, tb_str id)
{
    TB_JSON_EACH(row, list)
    {
        if (tb_str_eq(tb_json_get_text(row, "id"), id))
            return true;
    }
    return false;
}

/* Open tasks of one role in one scope that the actor may do. */
static tb_status
add_scope(struct op_ctx *ctx, const char *sql, const struct store_value *params, tb_str department,
          struct tb_json *list, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql, params, 5, &rows, err));
    while (store_next(rows)) {
        if (department.len > 0 && !tb_str_eq(store_text(rows, 5), department))
            continue;
        struct tb_json *row = list_row(ctx, rows);
        if (!is_listed(list, tb_json_get_text(row, "id")))
            tb_json_add(list, row);
    }
    return store_rows_done(rows, err);
}

static tb_status
add_role(struct op_ctx *ctx, unsigned role, const char *name, int64_t after, struct tb_json *list,
         struct tb_err *err)
{
    tb_str from, to, department;
    for (size_t scope = 0; op_scope(ctx, role, scope, &from, &to, &department); scope++) {
        struct store_value params[] = {STORE_TEXT_OF(tb_str_of(name)), STORE_TEXT_OF(from),
                                       STORE_TEXT_OF(to), STORE_INT_OF(after),
                                       STORE_INT_OF(CASES_TASK_ROWS)};
        TB_TRY(add_scope(ctx, sql_tasks_of_role, params, department, list, err));
        TB_TRY(add_scope(ctx, sql_tasks_of_other_role, params, department, list, err));
    }
    return TB_OK;
}

static tb_status
add_done(struct op_ctx *ctx, int64_t after, struct tb_json *list, struct tb_err *err)
{
    struct store_read *read = NULL;
    struct store_rows *rows = NULL;
    struct store_value params[] = {STORE_INT_OF(op_who(ctx)->account), STORE_INT_OF(after),
                                   STORE_INT_OF(CASES_TASK_ROWS)};
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(store_select(read, sql_tasks_done, params, TB_COUNT(params), &rows, err));
    while (store_next(rows))
        tb_json_add(list, list_row(ctx, rows));
    return store_rows_done(rows, err);
}

/* By clock: what is due first stands first; without a due day last. Insertion sort of at most a few hundred. */
static struct tb_json *
sort_by_due(struct tb_arena *arena, const struct tb_json *list)
{
    const struct tb_json **rows = TB_NEW_ARRAY(arena, list->count + 1, const struct tb_json *);
    size_t count = 0;
    TB_JSON_EACH(row, list)
    {
        tb_str due = tb_json_get_text(row, "due");
        size_t at = count++;
        while (at > 0) {
            tb_str other = tb_json_get_text(rows[at - 1], "due");
            if (other.len > 0 && (due.len == 0 || tb_str_cmp(other, due) <= 0))
                break;
            if (other.len == 0 && due.len == 0)
                break;
            rows[at] = rows[at - 1];
            at--;
        }
        rows[at] = row;
    }
    struct tb_json *sorted = tb_json_new(arena, TB_JSON_LIST);
    for (size_t i = 0; i < count; i++)
        tb_json_add(sorted, tb_json_copy(arena, rows[i]));
    return sorted;
}

static tb_status
run_list(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
         struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    int64_t after = 0;
    (void)self;
    tb_str_to_int(tb_json_get_text(in, "cursor"), &after);
    if (tb_str_is(tb_json_get_text(in, "state"), "done")) {
        TB_TRY(add_done(ctx, after, list, err));
    } else {
        for (size_t i = 0; i < op_role_count; i++) {
            if ((op_roles[i].role & OP_STAFF) != 0)
                TB_TRY(add_role(ctx, op_roles[i].role, op_roles[i].name, after, list, err));
        }
    }
    *ret_out = cases__object(arena);
    tb_json_set(*ret_out, "tasks", sort_by_due(arena, list));
    cases__set(op_arena(ctx), *ret_out, "next", NULL);
    return TB_OK;
}

/* ---- one task
 * ---------------------------------------------------------------------------------------------------- */

/* The outcomes of a task: the pack's row, else what kind of step it is. */
static tb_str
outcomes_of(const struct packs_pack *pack, tb_str process, tb_str element)
{
    const struct packs_task *row = packs_task_find(pack, process, element);
    if (row != NULL && row->outcomes.len > 0)
        return row->outcomes;
    if (tb_str_is(element, "decide"))
        return TB_STR("grant|refuse");
    if (tb_str_is(element, "review") || tb_str_is(element, "survey"))
        return TB_STR("pass|fail");
    return TB_STR("done");
}

static bool
has_word(tb_str words, tb_str word)
{
    tb_str one;
    while (words.len > 0 && tb_str_cut(&words, '|', &one)) {
        if (tb_str_eq(one, word))
            return true;
    }
    return false;
}

bool
cases__task_has_outcome(const struct cases__act *act, tb_str element, tb_str outcome)
{
    return has_word(outcomes_of(act->pack, act->is.process, element), outcome);
}

static struct tb_json *
outcomes_json(struct op_ctx *ctx, const struct packs_pack *pack, const struct cases__case *of_case,
              tb_str element)
{
    struct tb_arena *arena = op_arena(ctx);
    struct tb_json *list = tb_json_new(arena, TB_JSON_LIST);
    tb_str words = outcomes_of(pack, of_case->process, element), one;
    while (words.len > 0 && tb_str_cut(&words, '|', &one)) {
        struct tb_json *row = tb_json_add(list, cases__object(arena));
        tb_str key =
            tb_printf(arena, "task." TB_FMT ".outcome." TB_FMT, TB_ARG(element), TB_ARG(one));
        tb_str label = packs_text(pack, op_lang(ctx), key);
        tb_json_set_text(arena, row, "value", one);
        tb_json_set_text(arena, row, "label",
                         label.ptr != NULL ? label
                                           : cases__word_of(op_lang(ctx), arena, "outcome", one));
    }
    return list;
}

static tb_status
set_survey(struct op_ctx *ctx, const struct packs_pack *pack, const struct cases__case *of_case,
           struct tb_json *out, struct tb_err *err)
{
    const struct packs_item *item = packs_situation(pack, of_case->situation);
    struct tb_json *findings = NULL;
    TB_TRY(packs_findings(op_arena(ctx), pack, item, cases__json(op_arena(ctx), of_case->answers),
                          op_lang(ctx), &findings, err));
    tb_json_set(out, "findings", findings);
    return TB_OK;
}

static tb_status
run_get(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
        struct tb_err *err)
{
    struct tb_arena *arena = op_arena(ctx);
    struct cases *cases = self;
    struct cases__task task;
    struct cases__case of_case;
    struct tb_json *case_json = NULL, *separation = NULL, *out = cases__object(arena);
    struct store_read *read = NULL;
    TB_TRY(find_task(ctx, tb_json_get_text(in, "id"), &task, &of_case, err));
    TB_TRY(cases__case_json(ctx, &of_case, CASES_SEES_WORK, &case_json, err));
    const struct packs_pack *pack = packs_set_by_hash(cases->options.packs, of_case.pack);
    const struct packs_task *row = packs_task_find(pack, of_case.process, task.element);
    TB_TRY(op_read(ctx, &read, err));
    TB_TRY(cases__separation_json(
        arena, read, op_who(ctx), of_case.id, op_lang(ctx),
        has_word(outcomes_of(pack, of_case.process, task.element), TB_STR("grant")), &separation,
        err));
    tb_json_set_text(arena, out, "id", tb_json_get_text(in, "id"));
    tb_json_set_text(arena, out, "no", of_case.no);
    tb_json_set_text(arena, out, "element", task.element);
    tb_json_set_text(arena, out, "task_name",
                     packs_words(arena, pack, op_lang(ctx), "task." TB_FMT, TB_ARG(task.element)));
    tb_json_set_text(arena, out, "kind",
                     row != NULL && row->kind.len > 0 ? row->kind : TB_STR("work"));
    tb_json_set_text(arena, out, "role", task.role);
    tb_json_set_text(arena, out, "state", task.state);
    tb_json_set_bool(arena, out, "is_claimed", task.claimed_by != 0);
    tb_json_set_bool(arena, out, "is_mine", task.claimed_by == op_who(ctx)->account);
    tb_json_set_bool(arena, out, "may_do", may_do(op_who(ctx), &task));
    tb_json_set_text(arena, out, "outcome", task.outcome);
    cases_set_due(arena, out, cases->options.calendar, op_today(ctx),
                  earlier(task.due, earlier(of_case.promised_due, of_case.due)));
    tb_json_set(out, "outcomes", outcomes_json(ctx, pack, &of_case, task.element));
    tb_json_set(out, "fields", tb_json_new(arena, TB_JSON_LIST));
    tb_json_set(out, "separation", separation);
    if (row != NULL && tb_str_is(row->kind, "survey")) {
        TB_TRY(set_survey(ctx, pack, &of_case, out, err));
        TB_TRY(cases__survey_signed(arena, read, op_who(ctx), &task, out, err));
    }
    tb_json_set(out, "case", case_json);
    *ret_out = out;
    return TB_OK;
}

/* ---- claim
 * ------------------------------------------------------------------------------------------------------- */

/* Loads the task again inside the batch and asks whether the actor may still do it. */
static tb_status
begin(struct cases__call *call, struct store_tx *tx, struct cases__task *ret_task,
      struct tb_err *err)
{
    struct cases__tasks tasks;
    TB_TRY(cases__call_begin(call, tx, err));
    TB_TRY(cases__load_tasks(call->act.arena, call->act.read, call->case_id, &tasks, err));
    *ret_task = (struct cases__task){0};
    for (size_t i = 0; i < tasks.count; i++) {
        if (tasks.items[i].id == call->task_id)
            *ret_task = tasks.items[i];
    }
    if (!may_do(call->act.who, ret_task))
        return cases__refuse(&call->act, TB_DENIED, "", "role", TB_STR("这个环节不归您的岗位办理"),
                             TB_STR("This step belongs to another post"), err);
    if (!tb_str_is(ret_task->state, "open"))
        return cases__refuse(&call->act, TB_CONFLICT, "", "done", TB_STR("这个环节已经办完了"),
                             TB_STR("This step is already done"), err);
    return TB_OK;
}

static tb_status
refuse_claimed(struct cases__act *act, struct tb_err *err)
{
    return cases__refuse(act, TB_CONFLICT, "", "claimed", TB_STR("这件事已有同事在办"),
                         TB_STR("A colleague has already taken this task"), err);
}

static tb_status
write_claim(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__task task;
    TB_TRY(begin(call, tx, &task, err));
    if (task.claimed_by != 0 && task.claimed_by != call->act.who->account)
        return refuse_claimed(&call->act, err);
    if (task.claimed_by == 0)
        TB_TRY(store_update(tx, "tasks", task.id, -1,
                            STORE_VALUES(STORE_SET_INT("claimed_by", call->act.who->account)),
                            err));
    call->out = cases__object(call->act.arena);
    tb_json_set_text(call->act.arena, call->out, "id", tb_json_get_text(call->in, "id"));
    tb_json_set_bool(call->act.arena, call->out, "is_mine", true);
    return TB_OK;
}

static tb_status
run_on_task(struct op_ctx *ctx, const struct tb_json *in, store_fn fn, struct tb_json **ret_out,
            struct tb_err *err)
{
    struct cases__task task;
    struct cases__case of_case;
    struct cases__call *call = TB_NEW(op_arena(ctx), struct cases__call);
    TB_TRY(find_task(ctx, tb_json_get_text(in, "id"), &task, &of_case, err));
    cases__call_init(call, ctx, in);
    call->case_id = of_case.id;
    call->task_id = task.id;
    TB_TRY(op_write(ctx, fn, call, err));
    cases__draw_case(op_self(ctx), op_arena(ctx), of_case.id);
    *ret_out = call->out;
    return TB_OK;
}

static tb_status
run_claim(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
          struct tb_err *err)
{
    (void)self;
    return run_on_task(ctx, in, write_claim, ret_out, err);
}

/* ---- complete
 * ---------------------------------------------------------------------------------------------------- */

static tb_status
add_done_event(struct cases__act *act, const struct cases__task *task, tb_str outcome,
               struct tb_err *err)
{
    struct tb_json *data = cases__object(act->arena);
    tb_json_set_text(act->arena, data, "element", task->element);
    tb_json_set_text(act->arena, data, "outcome", outcome);
    return cases__event_add(act, &(struct cases__event_new){.kind = "task_done", .data = data},
                            err);
}

static tb_status
check_outcome(struct cases__act *act, const struct cases__task *task, tb_str outcome,
              struct tb_err *err)
{
    tb_str words = outcomes_of(act->pack, act->is.process, task->element);
    if (has_word(words, outcome))
        return TB_OK;
    return cases__refuse(act, TB_INVALID, "outcome", "choice",
                         tb_printf(act->arena, "请选办理结果（" TB_FMT "）", TB_ARG(words)),
                         tb_printf(act->arena, "Choose one of " TB_FMT, TB_ARG(words)), err);
}

/* A refusal may name the ground that bars from applying again (行政许可法 78). */
static tb_status
decide(struct cases__act *act, tb_str outcome, tb_str comment, tb_str ground, struct tb_err *err)
{
    tb_str basis = TB_STR_NONE;
    if (tb_str_is(ground, "false_papers") && tb_str_is(outcome, "refuse"))
        basis = cases__bar_basis(ground);
    else if (ground.len > 0)
        return cases__refuse(
            act, TB_INVALID, "fields.ground", "choice",
            TB_STR("情形只能是“隐瞒情况或者提供虚假材料”（false_papers），并且只用于不予许可"),
            TB_STR("The only ground is false_papers, and only for a refusal"), err);
    return cases__decide(act, outcome, comment, basis, err);
}

/* What a step does besides being done: acceptance, survey, decision, or nothing else. */
static tb_status
complete(struct cases__act *act, const struct cases__task *task, const struct tb_json *in,
         struct tb_err *err)
{
    const struct packs_task *row = packs_task_find(act->pack, act->is.process, task->element);
    tb_str outcome = tb_json_get_text(in, "outcome"), comment = tb_json_get_text(in, "comment");
    const struct tb_json *fields = tb_json_get(in, "fields");
    bool is_decision =
        has_word(outcomes_of(act->pack, act->is.process, task->element), TB_STR("grant"));
    if (tb_str_is(task->element, "accept"))
        return cases__accept_by_person(act, fields, err);
    if (row != NULL && tb_str_is(row->kind, "survey"))
        return cases__survey(act, task, outcome, comment, fields, err);
    TB_TRY(check_outcome(act, task, outcome, err));
    if (is_decision)
        TB_TRY(decide(act, outcome, comment, tb_json_get_text(fields, "ground"), err));
    else
        TB_TRY(cases__separate(act, false, err));
    TB_TRY(add_done_event(act, task, outcome, err));
    return cases__task_finish(act, task, outcome, comment, fields, err);
}

static tb_status
write_complete(struct store_tx *tx, void *arg, struct tb_err *err)
{
    struct cases__call *call = arg;
    struct cases__task task;
    TB_TRY(begin(call, tx, &task, err));
    bool is_survey_of_two = tb_str_is(tb_json_get_text(call->in, "outcome"), "confirm");
    if (task.claimed_by != 0 && task.claimed_by != call->act.who->account && !is_survey_of_two)
        return refuse_claimed(&call->act, err);
    TB_TRY(complete(&call->act, &task, call->in, err));
    return cases__call_finish(call, err);
}

static tb_status
run_complete(struct op_ctx *ctx, void *self, const struct tb_json *in, struct tb_json **ret_out,
             struct tb_err *err)
{
    (void)self;
    return run_on_task(ctx, in, write_complete, ret_out, err);
}

/* clang-format off */
static const char *const list_states[] = {"open", "done", NULL};
static const struct op_field list_fields[] = {
    {"state", OP_TEXT, OP_QUERY, 0, 20, list_states, "状态", "State", "open (default) or done by me"},
    {"cursor", OP_TEXT, OP_QUERY, 0, 40, NULL, "翻页位置", "Cursor", "from the former page"},
    {0},
};
static const struct op_field id_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "任务编号", "Task", "case number, dash, number"},
    {0},
};
static const struct op_field complete_fields[] = {
    {"id", OP_TEXT, OP_REQUIRED | OP_PATH, 1, 40, NULL, "任务编号", "Task", "case number, dash, number"},
    {"outcome", OP_TEXT, OP_REQUIRED, 1, 40, NULL, "办理结果", "Outcome",
     "one of the task's outcomes; confirm for the second surveyor"},
    {"comment", OP_TEXT, 0, 0, 4000, NULL, "意见", "Opinion", "must when refusing"},
    {"fields", OP_OBJECT, OP_PRIVATE, 0, 0, NULL, "填写内容", "Fields",
     "survey: officers, owner_signed or owner_refused, findings, photos; refusal: ground false_papers (行政许可法 78)"},
    {0},
};
const struct op_row cases__task_rows[] = {
    {"cases.tasks", "GET", "/tasks", OP_STAFF, OP_PRIVATE_ANSWER, list_fields, run_list, "我的待办",
     "Work list by role and clock"},
    {"cases.task", "GET", "/tasks/{id}", OP_STAFF | OP_SUPERVISOR, OP_PRIVATE_ANSWER, id_fields, run_get,
     "查看一项任务", "Show a task"},
    {"cases.claim", "POST", "/tasks/{id}/claim", OP_STAFF, OP_WRITES, id_fields, run_claim, "领取任务", "Take a task"},
    {"cases.complete", "POST", "/tasks/{id}/complete", OP_STAFF, OP_WRITES, complete_fields, run_complete,
     "办完任务", "Complete a task"},
};
/* clang-format on */
const size_t cases__task_rows_count = TB_COUNT(cases__task_rows);
