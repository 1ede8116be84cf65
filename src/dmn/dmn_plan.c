/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_plan.c - making a plan: from the graph of decisions to operations, constants and a dictionary of texts. */
#include "dmn/dmn_plan_internal.h"
#include <string.h>

#define NODE_DEPTH_MAX 100
#define CHOICES_MAX 100000

bool
dmn__cannot(struct dmn__planner *p, const char *why)
{
    if (p->plan->why == NULL)
        p->plan->why = why;
    return false;
}

/* ---- growing ----------------------------------------------------------------------------------------------------- */

static void *
grown(struct tb_arena *arena, const void *items, size_t count, size_t *cap, size_t size)
{
    *cap = *cap * 2 + 16;
    char *more = tb_alloc_array(arena, *cap, size);
    if (count > 0)
        memcpy(more, items, count * size);
    return more;
}

static bool
new_register(struct dmn__planner *p, dmn__lane lane, int scale, uint16_t *ret_at)
{
    struct dmn_plan *plan = p->plan;
    if (plan->register_count == DMN__REGISTERS_MAX)
        return dmn__cannot(p, "more than 256 operations");
    *ret_at = (uint16_t)plan->register_count++;
    plan->registers[*ret_at] = (struct dmn__register){(uint8_t)lane, (int8_t)scale};
    return true;
}

struct dmn__op *
dmn__op_add(struct dmn__planner *p, dmn__op_code code, dmn__lane lane, int scale)
{
    struct dmn_plan *plan = p->plan;
    uint16_t to = 0;
    if (scale > DMN__SCALE_MAX) {
        dmn__cannot(p, "a number with more than nine decimals");
        return NULL;
    }
    if (!new_register(p, lane, scale, &to))
        return NULL;
    if (plan->op_count == p->op_cap)
        plan->ops = grown(p->arena, plan->ops, plan->op_count, &p->op_cap, sizeof(*plan->ops));
    struct dmn__op *op = &plan->ops[plan->op_count++];
    *op = (struct dmn__op){.code = (uint8_t)code,
                           .is_choice = lane == DMN__LANE_CHOICE,
                           .to = to,
                           .a = DMN__NO_REGISTER,
                           .b = DMN__NO_REGISTER,
                           .c = DMN__NO_REGISTER};
    return op;
}

/* ---- constants --------------------------------------------------------------------------------------------------- */

static void
grow_choices(struct dmn__planner *p)
{
    struct dmn_plan *plan = p->plan;
    size_t cap = p->choice_cap, same = p->choice_cap;
    plan->choices =
        grown(p->arena, plan->choices, plan->choice_count, &cap, sizeof(struct feel_value));
    p->choice_keys = grown(p->scratch, p->choice_keys, plan->choice_count, &same, sizeof(tb_str));
    p->choice_cap = cap;
    p->choice_slot_cap = 64;
    while (p->choice_slot_cap < cap * 2)
        p->choice_slot_cap *= 2;
    p->choice_slots = TB_NEW_ARRAY(p->scratch, p->choice_slot_cap, uint32_t);
    for (size_t i = 0; i < plan->choice_count; i++) {
        size_t at = tb_hash(p->choice_keys[i]) & (p->choice_slot_cap - 1);
        while (p->choice_slots[at] != 0)
            at = (at + 1) & (p->choice_slot_cap - 1);
        p->choice_slots[at] = (uint32_t)i + 1;
    }
}

/* Constants that are written alike are one choice; 1.10 and 1.1 are two. */
uint32_t
dmn__choice(struct dmn__planner *p, const struct feel_value *value)
{
    struct dmn_plan *plan = p->plan;
    struct tb_buf text = {.arena = p->arena};
    tb_json_write(&text, feel_to_json(p->arena, value));       /* tells 1.10 from 1.1 */
    tb_buf_str(&text, feel_format_literal(p->scratch, value)); /* and a date from its text */
    tb_str key = tb_buf_done(&text);
    if (plan->choice_count == p->choice_cap)
        grow_choices(p);
    size_t at = tb_hash(key) & (p->choice_slot_cap - 1);
    for (; p->choice_slots[at] != 0; at = (at + 1) & (p->choice_slot_cap - 1))
        if (tb_str_eq(p->choice_keys[p->choice_slots[at] - 1], key))
            return p->choice_slots[at] - 1;
    plan->choices[plan->choice_count] = *value;
    p->choice_keys[plan->choice_count] = key;
    p->choice_slots[at] = (uint32_t)++plan->choice_count;
    return (uint32_t)plan->choice_count - 1;
}

void
dmn__may_hold(struct dmn__planner *p, uint16_t at, size_t choice)
{
    if (choice / 64 >= p->possible_words[at]) {
        size_t words = p->plan->choice_count / 64 + 1;
        uint64_t *more = TB_NEW_ARRAY(p->scratch, words, uint64_t);
        if (p->possible_words[at] > 0)
            memcpy(more, p->possible[at], p->possible_words[at] * sizeof(*more));
        p->possible[at] = more;
        p->possible_words[at] = words;
    }
    p->possible[at][choice / 64] |= UINT64_C(1) << (choice % 64);
}

static bool
may_hold(const struct dmn__planner *p, uint16_t at, size_t choice)
{
    return choice / 64 < p->possible_words[at] &&
           (p->possible[at][choice / 64] >> (choice % 64) & 1) != 0;
}

void
dmn__may_hold_all(struct dmn__planner *p, uint16_t at, uint16_t from)
{
    for (size_t i = 0; i < p->possible_words[from] * 64; i++)
        if (may_hold(p, from, i))
            dmn__may_hold(p, at, i);
}

/* Texts of up to 16 bytes are hashed by their first and last bytes alone; that is quick, and rules seldom differ only
 * in the middle. */
static inline uint64_t
text_hash(tb_str text)
{
    uint64_t head = 0, tail = 0;
    if (text.len > 16)
        return tb_hash(text);
    if (text.len >= 8) {
        memcpy(&head, text.ptr, 8);
        memcpy(&tail, text.ptr + text.len - 8, 8);
    } else if (text.len >= 4) {
        uint32_t low, high;
        memcpy(&low, text.ptr, 4);
        memcpy(&high, text.ptr + text.len - 4, 4);
        head = low;
        tail = high;
    } else if (text.len > 0) {
        head = (uint64_t)(uint8_t)text.ptr[0] << 16 |
               (uint64_t)(uint8_t)text.ptr[text.len / 2] << 8 | (uint8_t)text.ptr[text.len - 1];
    }
    uint64_t mixed = (head ^ text.len) * UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 32 ^ tail) * UINT64_C(0xD6E8FEB86659FD93);
    return mixed ^ mixed >> 32;
}

uint32_t
dmn__text_find(const struct dmn_plan *plan, tb_str text)
{
    if (plan->text_cap == 0)
        return 0;
    size_t at = text_hash(text) & (plan->text_cap - 1);
    for (; plan->text_slots[at] != 0; at = (at + 1) & (plan->text_cap - 1)) {
        tb_str own = plan->texts[plan->text_slots[at]];
        if (own.len == text.len && (own.len == 0 || memcmp(own.ptr, text.ptr, own.len) == 0))
            return plan->text_slots[at];
    }
    return 0;
}

static void
put_text(struct dmn_plan *plan, uint32_t number)
{
    size_t at = text_hash(plan->texts[number]) & (plan->text_cap - 1);
    while (plan->text_slots[at] != 0)
        at = (at + 1) & (plan->text_cap - 1);
    plan->text_slots[at] = number;
}

uint32_t
dmn__intern(struct dmn__planner *p, tb_str text)
{
    struct dmn_plan *plan = p->plan;
    uint32_t found = dmn__text_find(plan, text);
    if (found != 0)
        return found;
    if (plan->text_count == p->text_size) {
        if (plan->text_count == 0)
            plan->text_count = 1;
        plan->texts = grown(p->arena, plan->texts, p->text_size > 0 ? plan->text_count : 0,
                            &p->text_size, sizeof(tb_str));
        plan->text_cap = 64;
        while (plan->text_cap < p->text_size * 4)
            plan->text_cap *= 2;
        plan->text_slots = TB_NEW_ARRAY(p->arena, plan->text_cap, uint32_t);
        for (size_t i = 1; i < plan->text_count; i++)
            put_text(plan, (uint32_t)i);
    }
    plan->texts[plan->text_count] = text;
    put_text(plan, (uint32_t)plan->text_count++);
    return (uint32_t)plan->text_count - 1;
}

/* ---- lanes ------------------------------------------------------------------------------------------------------- */

dmn__lane
dmn__lane_of(uint8_t kind)
{
    switch (kind) {
    case FEEL_BOOLEAN:
        return DMN__LANE_BOOLEAN;
    case FEEL_NUMBER:
        return DMN__LANE_NUMBER;
    case FEEL_DATE:
        return DMN__LANE_DAY;
    case FEEL_MONTHS:
        return DMN__LANE_MONTHS;
    case FEEL_STRING:
        return DMN__LANE_TEXT;
    default:
        return DMN__LANE_NONE;
    }
}

bool
dmn__as_integer(struct dmn__planner *p, const struct feel_value *value, struct dmn__register lane,
                int64_t *ret)
{
    if (dmn__lane_of(value->kind) != lane.lane)
        return false;
    switch (value->kind) {
    case FEEL_BOOLEAN:
        *ret = value->u.boolean;
        return true;
    case FEEL_NUMBER:
        return !value->u.number.is_wide && value->u.number.scale <= lane.scale &&
               !__builtin_mul_overflow(value->u.number.u.coef,
                                       dmn__power(lane.scale - value->u.number.scale), ret);
    case FEEL_DATE:
        *ret = tb_date_to_days(value->u.moment.date);
        return true;
    case FEEL_MONTHS:
        *ret = value->u.months;
        return true;
    default:
        *ret = dmn__intern(p, value->u.string);
        return true;
    }
}

/* Choices as values of a lane; at the finest scale that one of them has. */
static bool
map_choices(struct dmn__planner *p, uint16_t at, dmn__lane lane, uint16_t *ret_at)
{
    struct dmn_plan *plan = p->plan;
    size_t count = plan->choice_count;
    int64_t *values = TB_NEW_ARRAY(p->arena, count, int64_t);
    uint8_t *nulls = TB_NEW_ARRAY(p->arena, count, uint8_t);
    struct dmn__map *map = TB_NEW(p->arena, struct dmn__map);
    struct dmn__register to = {(uint8_t)lane, 0};
    for (size_t i = 0; lane == DMN__LANE_NUMBER && i < count; i++) {
        const struct feel_value *one = &plan->choices[i];
        if (may_hold(p, at, i) && one->kind == FEEL_NUMBER && !one->u.number.is_wide &&
            one->u.number.scale > to.scale)
            to.scale = (int8_t)one->u.number.scale;
    }
    if (to.scale > DMN__SCALE_MAX)
        return dmn__cannot(p, "a number with more than nine decimals");
    for (size_t i = 0; i < count; i++) {
        nulls[i] = !dmn__as_integer(p, &plan->choices[i], to, &values[i]);
        if (nulls[i] && plan->choices[i].kind != FEEL_NULL)
            nulls[i] = 2; /* not what is wanted: must never come */
    }
    *map = (struct dmn__map){values, nulls};
    struct dmn__op *op = dmn__op_add(p, DMN__OP_MAP, lane, to.scale);
    if (op == NULL)
        return false;
    op->a = at;
    op->data = map;
    *ret_at = op->to;
    return true;
}

bool
dmn__in_lane(struct dmn__planner *p, const struct dmn__operand *operand, dmn__lane lane,
             uint16_t *ret_at)
{
    if (operand->constant != NULL || lane == DMN__LANE_NONE)
        return dmn__cannot(p, "a constant where a value is wanted, or a kind without a lane");
    struct dmn__register *own = &p->plan->registers[operand->at];
    *ret_at = operand->at;
    if (own->lane == DMN__LANE_CHOICE)
        return map_choices(p, operand->at, lane, ret_at);
    if (own->lane == DMN__LANE_NONE) { /* an input: it is what it is compared with */
        own->lane = (uint8_t)lane;
        own->scale = lane == DMN__LANE_NUMBER ? DMN__INPUT_SCALE : 0;
    }
    return own->lane == lane || dmn__cannot(p, "a value of another kind than is wanted");
}

/* ---- spans ------------------------------------------------------------------------------------------------------- */

static bool
bound(struct dmn__planner *p, const struct feel_value *value, struct dmn__register lane, int step,
      int64_t *ret)
{
    if (value->kind == FEEL_NULL)
        return true;
    if (!dmn__as_integer(p, value, lane, ret))
        return false;
    return !__builtin_add_overflow(*ret, step, ret);
}

bool
dmn__shape_to_span(struct dmn__planner *p, const struct feel_shape *shape,
                   struct dmn__register lane, const struct dmn__span **ret_span)
{
    struct dmn__span *span = TB_NEW(p->arena, struct dmn__span);
    span->items = TB_NEW_ARRAY(p->arena, shape->count, struct dmn__bounds);
    span->count = shape->count;
    span->is_negated = shape->is_negated;
    for (size_t i = 0; i < shape->count; i++) {
        const struct feel_interval *one = &shape->intervals[i];
        struct dmn__bounds *to = &span->items[i];
        *to = (struct dmn__bounds){INT64_MIN, INT64_MAX};
        if (!bound(p, &one->low, lane, one->low_included ? 0 : 1, &to->low) ||
            !bound(p, &one->high, lane, one->high_included ? 0 : -1, &to->high))
            return false;
        if (lane.lane == DMN__LANE_TEXT && (to->low != to->high || to->low == INT64_MIN))
            return false; /* texts have no order here */
    }
    *ret_span = span;
    return true;
}

/* ---- boundaries -------------------------------------------------------------------------------------------------- */

static bool
has_any_type(const struct feel_type *type)
{
    return type == NULL || type->kind == FEEL_TYPE_ANY;
}

/* The choices so far, as the type makes them; which a table or an `if` gave does not matter. */
static bool
conform_choices(struct dmn__planner *p, const struct feel_type *type, tb_str what,
                struct dmn__operand *operand)
{
    struct dmn_plan *plan = p->plan;
    size_t count = plan->choice_count;
    int64_t *values = TB_NEW_ARRAY(p->arena, count, int64_t);
    struct dmn__map *map = TB_NEW(p->arena, struct dmn__map);
    bool is_changed = false;
    for (size_t i = 0; i < count; i++) {
        struct feel_value own = plan->choices[i], value;
        if (!may_hold(p, operand->at, i))
            continue;
        dmn__conform(p->run, &own, type, what, &value);
        values[i] = dmn__choice(p, &value);
        is_changed |= values[i] != (int64_t)i;
    }
    if (!is_changed)
        return true;
    uint8_t *nulls = TB_NEW_ARRAY(p->arena, count, uint8_t);
    for (size_t i = 0; i < count; i++)
        nulls[i] = values[i] == 0;
    *map = (struct dmn__map){values, nulls};
    struct dmn__op *op = dmn__op_add(p, DMN__OP_MAP, DMN__LANE_CHOICE, 0);
    if (op == NULL)
        return false;
    op->a = operand->at;
    op->data = map;
    for (size_t i = 0; i < count; i++)
        if (may_hold(p, operand->at, i))
            dmn__may_hold(p, op->to, (size_t)values[i]);
    operand->at = op->to;
    return true;
}

bool
dmn__plan_conform(struct dmn__planner *p, const struct feel_type *type, tb_str what,
                  struct dmn__operand *operand)
{
    if (has_any_type(type))
        return true;
    if (operand->constant != NULL) {
        struct feel_value *value = TB_NEW(p->arena, struct feel_value);
        dmn__conform(p->run, operand->constant, type, what, value);
        operand->constant = value;
        return true;
    }
    dmn__lane lane = p->plan->registers[operand->at].lane;
    if (lane == DMN__LANE_CHOICE)
        return conform_choices(p, type, what, operand);
    return (type->kind == FEEL_TYPE_BASE && !type->has_constraints &&
            dmn__lane_of((uint8_t)type->base) == lane) ||
           dmn__cannot(p, "a type that does more than to name the kind");
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

/* The value, or null where the type does not allow it. */
static bool
allow(struct dmn__planner *p, const struct feel_unary *tests, uint16_t *at)
{
    struct feel_shape shape;
    const struct dmn__span *span;
    if (tests == NULL)
        return true;
    if (!feel_unary_shape(p->arena, tests, &shape) || shape.is_any ||
        !dmn__shape_to_span(p, &shape, p->plan->registers[*at], &span))
        return dmn__cannot(p, "allowed values that are no intervals of integers");
    struct dmn__register own = p->plan->registers[*at];
    struct dmn__op *op = dmn__op_add(p, DMN__OP_ALLOW, own.lane, own.scale);
    if (op == NULL)
        return false;
    op->a = *at;
    op->data = span;
    *at = op->to;
    return true;
}

static bool
plan_input(struct dmn__planner *p, const struct dmn__node *node, struct dmn__operand *ret)
{
    struct dmn_plan *plan = p->plan;
    const struct feel_type *type = node->type;
    size_t number = 0;
    while (number < plan->input_count && p->inputs[number] != node)
        number++;
    if (number == plan->input_count)
        return dmn__cannot(p, "an input that another service gives");
    struct dmn__plan_input *input = &plan->inputs[number];
    bool is_any = has_any_type(type);
    dmn__lane lane =
        is_any || type->kind != FEEL_TYPE_BASE ? DMN__LANE_NONE : dmn__lane_of((uint8_t)type->base);
    if (!is_any && lane == DMN__LANE_NONE)
        return dmn__cannot(p, "an input whose type has no lane");
    input->lane = (uint8_t)lane;
    if (lane == DMN__LANE_NUMBER && input->scale < 0)
        input->scale = DMN__INPUT_SCALE;
    if (!new_register(p, lane, lane == DMN__LANE_NUMBER ? input->scale : 0, &input->at))
        return false;
    *ret = (struct dmn__operand){.at = input->at};
    if (is_any)
        return true;
    return allow(p, type->allowed, &ret->at) && allow(p, type->constraint, &ret->at);
}

static bool
plan_body(struct dmn__planner *p, const struct dmn__node *node, const struct dmn__expr *expr,
          struct dmn__operand *ret)
{
    bool is_ok = false;
    if (expr->form == DMN__LITERAL)
        is_ok = dmn__plan_expr(p, node, expr->u.literal, ret);
    else if (expr->form == DMN__TABLE)
        is_ok = dmn__plan_table(p, node, expr->u.table, ret);
    else
        dmn__cannot(p, "a boxed expression");
    return is_ok && dmn__plan_conform(p, expr->type, TB_STR("expression"), ret);
}

static bool
plan_node(struct dmn__planner *p, const struct dmn__node *node, struct dmn__operand *ret)
{
    if (p->depth > NODE_DEPTH_MAX)
        return dmn__cannot(p, "decisions need one another too deep");
    if (node->kind == DMN__INPUT)
        return plan_input(p, node, ret);
    if (node->kind != DMN__DECISION || node->body == NULL)
        return dmn__cannot(p, "a knowledge model, a service, or a decision without logic");
    p->depth++;
    bool is_ok = plan_body(p, node, node->body, ret);
    p->depth--;
    return is_ok && dmn__plan_conform(p, node->type, node->info.name, ret);
}

bool
dmn__plan_decision(struct dmn__planner *p, const struct dmn__node *node, struct dmn__operand *ret)
{
    for (size_t i = 0; i < p->node_count; i++)
        if (p->nodes[i].node == node) {
            *ret = *p->nodes[i].operand;
            return true;
        }
    if (!plan_node(p, node, ret))
        return false;
    if (p->node_count == p->node_cap)
        p->nodes = grown(p->scratch, p->nodes, p->node_count, &p->node_cap, sizeof(*p->nodes));
    struct dmn__operand *operand = TB_NEW(p->scratch, struct dmn__operand);
    *operand = *ret;
    p->nodes[p->node_count++] = (struct dmn__plan_node){node, operand};
    return true;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static void
write_choices(struct dmn__planner *p)
{
    struct dmn_plan *plan = p->plan;
    plan->choice_texts = TB_NEW_ARRAY(p->arena, plan->choice_count, tb_str);
    for (size_t i = 0; i < plan->choice_count; i++) {
        struct tb_buf text = {.arena = p->scratch};
        tb_json_write(&text, feel_to_json(p->scratch, &plan->choices[i]));
        plan->choice_texts[i] = tb_str_copy(p->arena, tb_buf_done(&text));
    }
}

/* The lane that every input has in the end: one of any type was settled while planning. */
static void
settle_inputs(struct dmn_plan *plan)
{
    for (size_t i = 0; i < plan->input_count; i++) {
        struct dmn__plan_input *input = &plan->inputs[i];
        if (input->at == DMN__NO_REGISTER)
            continue;
        input->lane = plan->registers[input->at].lane;
        input->scale = plan->registers[input->at].scale;
    }
}

bool
dmn__plan_result(struct dmn__planner *p, const struct dmn__node *node, uint16_t *ret_at)
{
    struct dmn__operand result;
    p->depth = 0;
    p->plan->why = NULL;
    if (!dmn__plan_decision(p, node, &result))
        return false;
    if (result.constant != NULL)
        return dmn__cannot(p, "a constant");
    dmn__lane lane = p->plan->registers[result.at].lane;
    if (lane != DMN__LANE_CHOICE && lane != DMN__LANE_BOOLEAN)
        return dmn__cannot(p, "a result that is neither a constant nor a truth");
    *ret_at = result.at;
    return true;
}

static void
read_inputs(struct dmn__planner *p, const struct dmn__node *node)
{
    struct dmn_plan *plan = p->plan;
    plan->input_count = dmn__reachable(plan->arena, plan->model, node, &plan->infos, &p->inputs);
    plan->inputs = TB_NEW_ARRAY(plan->arena, plan->input_count, struct dmn__plan_input);
    for (size_t i = 0; i < plan->input_count; i++) {
        plan->has_constraints |= plan->infos[i].type->has_constraints;
        plan->inputs[i] = (struct dmn__plan_input){.name = plan->infos[i].name,
                                                   .type = plan->infos[i].type,
                                                   .at = DMN__NO_REGISTER,
                                                   .scale = -1};
    }
}

void
dmn__planner_start(struct dmn__planner *p, const struct dmn_model *model,
                   const struct dmn__node *node)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct dmn_plan *plan = TB_NEW(arena, struct dmn_plan);
    struct feel_value values[3] = {feel_null(), feel_boolean(false), feel_boolean(true)};
    *p = (struct dmn__planner){.plan = plan, .arena = arena, .scratch = tb_arena_new(0)};
    plan->arena = arena;
    plan->model = dmn_model_ref(model);
    plan->result = DMN__NO_REGISTER;
    read_inputs(p, node);
    p->run = TB_NEW(p->scratch, struct dmn__run);
    dmn__run_init(p->run, feel_vm_new(arena, NULL), model, NULL);
    for (size_t i = 0; i < TB_COUNT(values); i++)
        dmn__choice(p, &values[i]);
}

void
dmn__planner_finish(struct dmn__planner *p)
{
    dmn__finish_tables(p);
    settle_inputs(p->plan);
    write_choices(p);
    tb_arena_free(p->scratch);
}

tb_status
dmn_plan_new(const struct dmn_model *model, tb_str decision, struct dmn_plan **ret_plan,
             struct tb_err *err)
{
    const struct dmn__node *node = dmn__node_find(model, DMN__DECISION, decision);
    struct dmn__planner p;
    uint16_t result;
    if (node == NULL)
        return tb_fail(err, TB_NOT_FOUND, "model " TB_FMT " has no decision \"" TB_FMT "\"",
                       TB_ARG(model->name), TB_ARG(decision));
    dmn__planner_start(&p, model, node);
    p.plan->decision = node->info.name;
    if (dmn__plan_result(&p, node, &result))
        p.plan->result = result;
    dmn__planner_finish(&p);
    *ret_plan = p.plan;
    return TB_OK;
}

void
dmn_plan_free(struct dmn_plan *plan)
{
    if (plan == NULL)
        return;
    dmn_model_unref(plan->model);
    tb_arena_free(plan->arena);
}

const struct dmn_input_info *
dmn_plan_inputs(const struct dmn_plan *plan, size_t *ret_count)
{
    *ret_count = plan->input_count;
    return plan->infos;
}

const char *
dmn_plan_why(const struct dmn_plan *plan)
{
    return plan->result != DMN__NO_REGISTER ? NULL : plan->why;
}

size_t
dmn_plan_bytes(const struct dmn_plan *plan)
{
    return tb_arena_bytes(plan->arena);
}
