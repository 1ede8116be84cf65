/* SPDX-License-Identifier: Apache-2.0 */
/* feel_parse.c - operators and literals: from text to nodes (grammar of clause 10.3.1.2).
 *
 * From the loosest to the tightest: or, and, comparison (= != < <= > >= between in), + -, * /, ** (to the left),
 * unary minus, instance of, then path, filter and call. if, for, some, every and function reach as far right as they
 * can. */
#include "feel/feel_parse_internal.h"

bool
feel__is_constant(const struct feel__node *node)
{
    return node != NULL && node->op == FEEL_OP_CONSTANT;
}

bool
feel__is_base(const struct feel_type *type, feel_kind kind)
{
    return type != NULL && type->kind == FEEL_TYPE_BASE && type->base == kind;
}

static const struct feel_type *
base_type(feel_kind kind)
{
    return &feel__types[kind];
}

/* A binary operator between nodes; folded when both are constant. */
static const struct feel__node *
operate(struct feel__parser *p, feel__run *run, uint8_t op, const struct feel_type *type,
        uint32_t at, const struct feel__node *a, const struct feel__node *b)
{
    if (a == NULL || b == NULL)
        return NULL;
    const struct feel__node *node = feel__binary(p, run, op, type, at, a, b);
    bool is_foldable = node != NULL && feel__is_constant(a) && feel__is_constant(b);
    return is_foldable ? feel__fold(p, node) : node;
}

/* ---- literals ---------------------------------------------------------------------------------------------------- */

static const struct feel__node *
parse_number(struct feel__parser *p)
{
    tb_dec number;
    uint32_t at = p->token.at;
    bool is_negative = feel__accept(p, '-');
    tb_str digits = feel__token_text(p);
    if (digits.ptr[0] == '.')
        digits = tb_printf(p->arena, "0" TB_FMT, TB_ARG(digits));
    if (!tb_dec_parse(digits, &number))
        return feel__error(p, "这个数太大或位数太多", "the number is out of range");
    feel__advance(p);
    struct feel_value value = feel_number(is_negative ? tb_dec_neg(number) : number);
    return feel__constant(p, &value, at);
}

static const struct feel__node *
parse_string(struct feel__parser *p)
{
    tb_str text;
    uint32_t at = p->token.at;
    if (!feel__unescape(p, &text))
        return NULL;
    feel__advance(p);
    struct feel_value value = feel_string(text);
    return feel__constant(p, &value, at);
}

/* @"…": what cannot be read is null with a warning when it runs. */
static const struct feel__node *
parse_at(struct feel__parser *p)
{
    tb_str text;
    uint32_t at = p->token.at;
    struct feel_value value;
    feel__advance(p);
    if (p->token.kind != FEEL__STRING)
        return feel__error(p, "@ 后面应当是引号中的日期、时间或期间",
                           "@ wants a date, time or duration in quotes");
    if (!feel__unescape(p, &text))
        return NULL;
    feel__advance(p);
    const struct feel_host *host = p->scope != NULL ? p->scope->host : NULL;
    if (text.len > 0 && feel__parse_at(text, host, &value))
        return feel__constant(p, &value, at);
    return feel__node(p, feel__run_invalid, FEEL_OP_OTHER, &feel_type_any, at);
}

static const struct feel__node *
parse_list(struct feel__parser *p, uint32_t at, const struct feel__node *first)
{
    const struct feel__node **items = NULL;
    uint32_t count = 0, cap = 0;
    bool all_constant = true;
    struct feel__node *node = feel__node(p, feel__run_list, FEEL_OP_LIST, NULL, at);
    uint32_t depth = 0;
    for (const struct feel__node *item = first; item != NULL;) {
        if (count == cap) {
            const struct feel__node **more =
                TB_NEW_ARRAY(p->arena, cap * 2 + 4, const struct feel__node *);
            for (uint32_t i = 0; i < count; i++)
                more[i] = items[i];
            items = more;
            cap = cap * 2 + 4;
        }
        items[count++] = item;
        all_constant &= feel__is_constant(item);
        depth = item->depth > depth ? item->depth : depth;
        if (!feel__accept(p, ','))
            break;
        item = feel__parse_expression(p);
    }
    if (p->status != TB_OK || !feel__expect(p, ']', "]"))
        return NULL;
    const struct feel_type *element = count > 0 ? items[0]->type : &feel_type_any;
    for (uint32_t i = 1; i < count; i++)
        if (items[i]->type != element && items[i]->type->kind != FEEL_TYPE_CONTEXT)
            element = &feel_type_any;
    node->type = feel__list_type(p->arena, element);
    node->u.list.items = items;
    node->u.list.count = count;
    node->depth = (uint16_t)(depth + 1);
    return all_constant ? feel__fold(p, node) : node;
}

static const struct feel__node *
parse_bracket(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    const struct feel__node *first = NULL;
    feel__advance(p);
    if (p->token.kind == ']')
        return parse_list(p, at, NULL);
    const struct feel__node *range = feel__parse_range(p, at, true, &first);
    return range != NULL || first == NULL ? range : parse_list(p, at, first);
}

static const struct feel__node *
parse_parenthesis(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    const struct feel__node *first = NULL;
    feel__advance(p);
    const struct feel__node *range = feel__parse_range(p, at, false, &first);
    if (range != NULL || first == NULL)
        return range;
    return feel__expect(p, ')', ")") ? first : NULL;
}

static const struct feel__node *
parse_input(struct feel__parser *p)
{
    if (!p->in_test)
        return feel__error(p, "“?” 只能用在单元测试里", "? has a meaning only inside unary tests");
    struct feel__node *node =
        feel__node(p, feel__run_local, FEEL_OP_INPUT, &feel_type_any, p->token.at);
    node->u.name.index = 0;
    p->used_input = true;
    feel__advance(p);
    return node;
}

const struct feel__node *
feel__parse_primary(struct feel__parser *p)
{
    uint32_t at = p->token.at;
    const struct feel__node *first = NULL;
    switch (p->token.kind) {
    case '-': /* only before digits, see parse_unary */
    case FEEL__NUMBER:
        return parse_number(p);
    case FEEL__STRING:
        return parse_string(p);
    case FEEL__NAME:
        return feel__parse_name(p);
    case '@':
        return parse_at(p);
    case '(':
        return parse_parenthesis(p);
    case '[':
        return parse_bracket(p);
    case ']':
        feel__advance(p);
        first = feel__parse_range(p, at, false, &first);
        return first != NULL || p->status != TB_OK
                   ? first
                   : feel__error(p, "区间缺少“..”", "the range lacks its ..");
    case '{':
        return feel__parse_context(p);
    case '?':
        return parse_input(p);
    case FEEL__END:
        return feel__error(p, "表达式不完整", "the expression ends too early");
    default:
        return feel__error(p, "这里应当是一个值、名称或表达式",
                           "a value, a name or an expression is expected here");
    }
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

/* In `]1..5[` the bracket closes; in `]1..x[1]]` it begins a filter: what follows tells. */
static bool
bracket_closes(const struct feel__parser *p)
{
    struct feel__token ahead = feel__scan(p->text, p->token.end);
    switch (ahead.kind) {
    case FEEL__NUMBER:
    case FEEL__STRING:
    case '(':
    case '[':
    case '{':
    case '@':
    case '-':
    case '?':
        return false;
    case FEEL__NAME: {
        static const char *const starts[] = {"if",   "for",   "some", "every",
                                             "true", "false", "null", "function"};
        tb_str word = tb_str_sub(p->text, ahead.at, ahead.end - ahead.at);
        for (size_t i = 0; i < TB_COUNT(starts); i++)
            if (tb_str_is(word, starts[i]))
                return false;
        return feel__is_keyword(word);
    }
    default:
        return true;
    }
}

static const struct feel__node *
parse_postfix(struct feel__parser *p)
{
    const struct feel__node *node = feel__parse_primary(p);
    while (node != NULL) {
        if (p->token.kind == '(')
            node = feel__parse_call(p, node);
        else if (p->token.kind == '.')
            node = feel__parse_path(p, node);
        else if (p->token.kind == '[' && !(p->in_end && bracket_closes(p)))
            node = feel__parse_filter(p, node);
        else
            break;
    }
    return node;
}

static const struct feel__node *
parse_instance(struct feel__parser *p)
{
    const struct feel__node *node = parse_postfix(p);
    while (node != NULL && feel__is_word(p, "instance")) {
        uint32_t at = p->token.at;
        feel__advance(p);
        if (!feel__accept_word(p, "of"))
            return feel__error(p, "instance 后面应当是 of", "of is expected after instance");
        const struct feel_type *type = feel__parse_type(p);
        if (type == NULL)
            return NULL;
        struct feel__node *test =
            feel__node(p, feel__run_instance, FEEL_OP_OTHER, base_type(FEEL_BOOLEAN), at);
        test->u.instance.a = node;
        test->u.instance.type = type;
        node = feel__over(p, test, node, NULL);
    }
    return node;
}

/* A minus directly before digits belongs to the literal (grammar rule 37): -1 instance of number. */
static bool
is_negative_literal(const struct feel__parser *p)
{
    return p->token.kind == '-' && feel__scan(p->text, p->token.end).kind == FEEL__NUMBER;
}

static const struct feel__node *
parse_unary(struct feel__parser *p)
{
    if (p->token.kind != '-' || is_negative_literal(p))
        return parse_instance(p);
    uint32_t at = p->token.at;
    if (++p->depth > FEEL_DEPTH_MAX)
        return feel__too_deep(p);
    feel__advance(p);
    const struct feel__node *a = parse_unary(p);
    p->depth--;
    if (a == NULL)
        return NULL;
    struct feel__node *node = feel__node(p, feel__run_negate, FEEL_OP_OTHER, a->type, at);
    node->u.op.a = a;
    const struct feel__node *over = feel__over(p, node, a, NULL);
    return over != NULL && feel__is_constant(a) ? feel__fold(p, over) : over;
}

static const struct feel__node *
parse_power(struct feel__parser *p)
{
    const struct feel__node *node = parse_unary(p);
    while (node != NULL && p->token.kind == FEEL__POWER) {
        uint32_t at = p->token.at;
        feel__advance(p);
        node = operate(p, feel__run_power, FEEL_OP_OTHER, base_type(FEEL_NUMBER), at, node,
                       parse_unary(p));
    }
    return node;
}

static const struct feel_type *
sum_type(const struct feel__node *a, const struct feel__node *b)
{
    if (a == NULL || b == NULL)
        return &feel_type_any;
    bool is_same = feel__is_base(a->type, FEEL_NUMBER) && feel__is_base(b->type, FEEL_NUMBER);
    if (feel__is_base(a->type, FEEL_STRING) && feel__is_base(b->type, FEEL_STRING))
        is_same = true;
    return is_same ? a->type : &feel_type_any;
}

static const struct feel__node *
parse_product(struct feel__parser *p)
{
    const struct feel__node *node = parse_power(p);
    while (node != NULL && (p->token.kind == '*' || p->token.kind == '/')) {
        uint32_t at = p->token.at;
        feel__run *run = p->token.kind == '*' ? feel__run_multiply : feel__run_divide;
        feel__advance(p);
        const struct feel__node *b = parse_power(p);
        node = operate(p, run, FEEL_OP_OTHER, sum_type(node, b), at, node, b);
    }
    return node;
}

const struct feel__node *
feel__parse_additive(struct feel__parser *p)
{
    const struct feel__node *node = parse_product(p);
    while (node != NULL && (p->token.kind == '+' || p->token.kind == '-')) {
        uint32_t at = p->token.at;
        feel__run *run = p->token.kind == '+' ? feel__run_add : feel__run_subtract;
        feel__advance(p);
        const struct feel__node *b = parse_product(p);
        node = operate(p, run, FEEL_OP_OTHER, sum_type(node, b), at, node, b);
    }
    return node;
}

static uint8_t
comparison_op(int kind)
{
    switch (kind) {
    case '=':
        return FEEL_OP_EQ;
    case FEEL__NE:
        return FEEL_OP_NE;
    case '<':
        return FEEL_OP_LT;
    case FEEL__LE:
        return FEEL_OP_LE;
    case '>':
        return FEEL_OP_GT;
    case FEEL__GE:
        return FEEL_OP_GE;
    default:
        return FEEL_OP_OTHER;
    }
}

/* (< x), and < x wherever a comparison may stand: a range. */
const struct feel__node *
feel__parse_operator_range(struct feel__parser *p)
{
    static const uint8_t forms[] = {
        [FEEL_OP_EQ] = FEEL_EXACTLY, [FEEL_OP_NE] = FEEL_ALL_BUT, [FEEL_OP_LT] = FEEL_BELOW,
        [FEEL_OP_LE] = FEEL_UP_TO,   [FEEL_OP_GT] = FEEL_ABOVE,   [FEEL_OP_GE] = FEEL_FROM,
    };
    uint32_t at = p->token.at;
    uint8_t form = forms[comparison_op(p->token.kind)];
    feel__advance(p);
    const struct feel__node *a = feel__parse_additive(p);
    if (a == NULL)
        return NULL;
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){.kind = FEEL_TYPE_RANGE, .element = a->type};
    struct feel__node *node =
        feel__node(p, feel__run_operator_range, FEEL_OP_OPERATOR_RANGE, type, at);
    node->flag = form;
    node->u.op.a = a;
    const struct feel__node *over = feel__over(p, node, a, NULL);
    return over != NULL && feel__is_constant(a) ? feel__fold(p, over) : over;
}

static const struct feel__node *
parse_between(struct feel__parser *p, uint32_t at, const struct feel__node *value)
{
    const struct feel__node *low = feel__parse_additive(p);
    if (low == NULL)
        return NULL;
    if (!feel__accept_word(p, "and"))
        return feel__error(p, "between 缺少 and", "and is expected after between");
    const struct feel__node *high = feel__parse_additive(p);
    if (high == NULL)
        return NULL;
    struct feel__node *node =
        feel__node(p, feel__run_between, FEEL_OP_OTHER, base_type(FEEL_BOOLEAN), at);
    node->u.op.a = value;
    node->u.op.b = low;
    node->u.op.c = high;
    const struct feel__node *over = feel__over(p, node, value, low);
    return over != NULL ? feel__over(p, node, over, high) : NULL;
}

/* What follows `in (`: tests up to the bracket, or one range that the bracket opened. */
static const struct feel__node *
parse_in_list(struct feel__parser *p, uint32_t at)
{
    const struct feel__node *items[64];
    uint32_t count = 0;
    feel__advance(p);
    do {
        const struct feel__node *first = NULL;
        const struct feel__node *item =
            count == 0 ? feel__parse_range(p, at, false, &first) : feel__parse_expression(p);
        if (count == 0 && item != NULL)
            return item;
        if (count == 0)
            item = first;
        if (item == NULL)
            return NULL;
        if (count == TB_COUNT(items))
            return feel__error(p, "in 后面最多列 64 项，请改用清单",
                               "in takes at most 64 tests; use a list");
        items[count++] = item;
    } while (feel__accept(p, ','));
    if (!feel__expect(p, ')', ")"))
        return NULL;
    struct feel__node *node = feel__node(p, feel__run_list, FEEL_OP_LIST, base_type(FEEL_LIST), at);
    const struct feel__node **copy = TB_NEW_ARRAY(p->arena, count, const struct feel__node *);
    node->depth = 1;
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = items[i];
        if (feel__over(p, node, node, items[i]) == NULL)
            return NULL;
    }
    node->u.list.items = copy;
    node->u.list.count = count;
    return node;
}

static const struct feel__node *
parse_in(struct feel__parser *p, uint32_t at, const struct feel__node *value)
{
    bool is_tests = p->token.kind == '(';
    const struct feel__node *tests = is_tests ? parse_in_list(p, p->token.at)
                                     : comparison_op(p->token.kind) != FEEL_OP_OTHER
                                         ? feel__parse_operator_range(p)
                                         : feel__parse_additive(p);
    if (tests == NULL)
        return NULL;
    struct feel__node *node =
        feel__node(p, feel__run_in, FEEL_OP_OTHER, base_type(FEEL_BOOLEAN), at);
    node->u.op.a = value;
    node->u.op.b = tests;
    node->flag = is_tests && tests->op == FEEL_OP_LIST;
    return feel__over(p, node, value, tests);
}

const struct feel__node *
feel__parse_comparison(struct feel__parser *p)
{
    if (comparison_op(p->token.kind) != FEEL_OP_OTHER)
        return feel__parse_operator_range(p);
    const struct feel__node *node = feel__parse_additive(p);
    while (node != NULL) {
        uint32_t at = p->token.at;
        uint8_t op = comparison_op(p->token.kind);
        if (op != FEEL_OP_OTHER) {
            feel__advance(p);
            node = operate(p, feel__run_compare, op, base_type(FEEL_BOOLEAN), at, node,
                           feel__parse_additive(p));
        } else if (feel__accept_word(p, "between")) {
            node = parse_between(p, at, node);
        } else if (feel__accept_word(p, "in")) {
            node = parse_in(p, at, node);
        } else {
            break;
        }
    }
    return node;
}

static const struct feel__node *
parse_conjunction(struct feel__parser *p)
{
    const struct feel__node *node = feel__parse_comparison(p);
    while (node != NULL && feel__is_word(p, "and")) {
        uint32_t at = p->token.at;
        feel__advance(p);
        node = operate(p, feel__run_and, FEEL_OP_OTHER, base_type(FEEL_BOOLEAN), at, node,
                       feel__parse_comparison(p));
    }
    return node;
}

static const struct feel__node *
parse_disjunction(struct feel__parser *p)
{
    const struct feel__node *node = parse_conjunction(p);
    while (node != NULL && feel__is_word(p, "or")) {
        uint32_t at = p->token.at;
        feel__advance(p);
        node = operate(p, feel__run_or, FEEL_OP_OTHER, base_type(FEEL_BOOLEAN), at, node,
                       parse_conjunction(p));
    }
    return node;
}

const struct feel__node *
feel__parse_expression(struct feel__parser *p)
{
    if (++p->depth > FEEL_DEPTH_MAX)
        return feel__too_deep(p);
    bool was_end = p->in_end;
    p->in_end = false;
    const struct feel__node *node = parse_disjunction(p);
    p->in_end = was_end;
    p->depth--;
    return node;
}

/* a..b) after the opening bracket. Both ends are read where a [ can close the range. */
const struct feel__node *
feel__parse_range(struct feel__parser *p, uint32_t at, bool start_included,
                  const struct feel__node **ret_first)
{
    const struct feel__node *start = feel__parse_expression(p);
    if (start == NULL || p->token.kind != FEEL__DOTS) {
        *ret_first = start;
        return NULL;
    }
    feel__advance(p);
    *ret_first = NULL;
    if (++p->depth > FEEL_DEPTH_MAX)
        return feel__too_deep(p);
    bool was_end = p->in_end;
    p->in_end = true;
    const struct feel__node *end = feel__parse_additive(p);
    p->in_end = was_end;
    p->depth--;
    if (end == NULL)
        return NULL;
    bool end_included = p->token.kind == ']';
    if (!end_included && p->token.kind != ')' && p->token.kind != '[')
        return feel__error(p, "区间应当以 ]、) 或 [ 结束", "the range must end with ], ) or [");
    feel__advance(p);
    struct feel_type *type = TB_NEW(p->arena, struct feel_type);
    *type = (struct feel_type){.kind = FEEL_TYPE_RANGE,
                               .element =
                                   start->type->kind != FEEL_TYPE_NULL ? start->type : end->type};
    struct feel__node *node = feel__node(p, feel__run_range, FEEL_OP_RANGE, type, at);
    node->flag = (uint8_t)((start_included ? 1 : 0) | (end_included ? 2 : 0));
    node->u.op.a = start;
    node->u.op.b = end;
    const struct feel__node *over = feel__over(p, node, start, end);
    bool is_foldable = over != NULL && feel__is_constant(start) && feel__is_constant(end);
    return is_foldable ? feel__fold(p, over) : over;
}
