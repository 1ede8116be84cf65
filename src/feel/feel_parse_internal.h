/* SPDX-License-Identifier: Apache-2.0 */
/* feel_parse_internal.h - the parser's state, shared by the files that compile.
 *
 * FEEL has no lexer of its own: where a name may stand, the longest name in scope decides how far it reaches
 * ("first name - x" can be one, two or three names). So tokens are read one at a time and a name may take back what
 * was read. Scopes are a chain from the innermost: names of loops, contexts and parameters, `item` with its members,
 * then the scope that the caller gave, then the built-in functions. */
#ifndef FEEL_FEEL_PARSE_INTERNAL_H
#define FEEL_FEEL_PARSE_INTERNAL_H

#include "feel/feel_internal.h"

typedef enum {
    FEEL__END = 0,
    FEEL__NUMBER = 256,
    FEEL__STRING,
    FEEL__NAME,
    FEEL__DOTS,  /* .. */
    FEEL__POWER, /* ** */
    FEEL__LE,
    FEEL__GE,
    FEEL__NE,
    FEEL__ARROW,
    FEEL__BAD,
} feel__token_kind; /* punctuation of one character is that character */

struct feel__token {
    int kind;
    uint32_t at, end; /* bytes */
};

struct feel__env {
    const struct feel__env *parent;
    tb_str name;
    uint32_t local;
    const struct feel_type *type; /* of the name; of the item */
    bool is_item;                 /* its members are names too */
};

/* Names read but not in scope, and slots used: small sets that grow in the arena. */
struct feel__parser {
    struct tb_arena *arena;
    tb_str text;
    const struct feel_scope *scope;
    const struct feel__env *env;
    struct feel__token token;
    uint32_t after; /* end of the token before the current one */
    uint32_t depth;
    uint32_t local_next, local_max;
    bool in_test; /* ? means the input, local 0 */
    bool used_input;
    bool is_impure; /* now(), today(), a function of the host */
    bool in_end;    /* an end of a range: a following [ may close it */
    uint8_t *slot_used;
    tb_str *names;
    size_t name_count, name_cap;
    /* the first failure */
    tb_status status;
    struct feel_fault fault;
};

/* Tokens. */
void feel__advance(struct feel__parser *p);
bool feel__accept(struct feel__parser *p, int kind);
bool feel__expect(struct feel__parser *p, int kind, const char *what);
bool feel__is_word(const struct feel__parser *p, const char *word);
bool feel__accept_word(struct feel__parser *p, const char *word);
tb_str feel__token_text(const struct feel__parser *p);
struct feel__token feel__scan(tb_str text, uint32_t at);
/* End of name where it stands at `at` in text (blanks of the name match any run of blanks); 0 when it is not there. */
uint32_t feel__match(tb_str text, uint32_t at, tb_str name);
void feel__jump(struct feel__parser *p, uint32_t at); /* read on from there */
bool feel__is_keyword(tb_str word);
/* Words one after the other that are no keywords, as one name; moves on. */
tb_str feel__words(struct feel__parser *p);
bool feel__unescape(struct feel__parser *p, tb_str *ret);
/* A name up to a colon: keys of contexts, named arguments. False, without moving, when there is none. */
bool feel__key(struct feel__parser *p, tb_str *ret);

/* Failing: NULL, and the first fault is kept. */
const struct feel__node *feel__error(struct feel__parser *p, const char *zh, const char *en);
const struct feel__node *feel__error_at(struct feel__parser *p, uint32_t at, tb_str zh, tb_str en);
const struct feel__node *feel__too_deep(struct feel__parser *p);

/* Making nodes. */
struct feel__node *feel__node(struct feel__parser *p, feel__run *run, uint8_t op,
                              const struct feel_type *type, uint32_t at);
/* Sets the depth from the children; NULL and TB_LIMIT when too deep. */
const struct feel__node *feel__over(struct feel__parser *p, struct feel__node *node,
                                    const struct feel__node *a, const struct feel__node *b);
const struct feel__node *feel__binary(struct feel__parser *p, feel__run *run, uint8_t op,
                                      const struct feel_type *type, uint32_t at,
                                      const struct feel__node *a, const struct feel__node *b);
const struct feel__node *feel__constant(struct feel__parser *p, const struct feel_value *value,
                                        uint32_t at);
/* Evaluates a node whose children are constant; the node itself when that gives null or fails. */
const struct feel__node *feel__fold(struct feel__parser *p, const struct feel__node *node);
const struct feel_type *feel__type_of(struct tb_arena *arena, const struct feel_value *value,
                                      int depth);
bool feel__is_base(const struct feel_type *type, feel_kind kind);

/* Locals. */
uint32_t feel__local_new(struct feel__parser *p);
void feel__local_free(struct feel__parser *p, uint32_t count);
void feel__env_push(struct feel__parser *p, struct feel__env *env, tb_str name, uint32_t local,
                    const struct feel_type *type);
void feel__env_pop(struct feel__parser *p);

/* Grammar. */
const struct feel__node *feel__parse_expression(struct feel__parser *p);
const struct feel__node *feel__parse_comparison(struct feel__parser *p);
const struct feel__node *feel__parse_additive(struct feel__parser *p);
const struct feel__node *feel__parse_primary(struct feel__parser *p);
const struct feel__node *feel__parse_name(struct feel__parser *p);
const struct feel__node *feel__parse_for(struct feel__parser *p);
const struct feel__node *feel__parse_quantified(struct feel__parser *p, bool is_every);
const struct feel__node *feel__parse_function(struct feel__parser *p);
const struct feel__node *feel__parse_context(struct feel__parser *p);
const struct feel__node *feel__parse_call(struct feel__parser *p, const struct feel__node *callee);
const struct feel__node *feel__parse_filter(struct feel__parser *p, const struct feel__node *list);
const struct feel__node *feel__parse_path(struct feel__parser *p, const struct feel__node *from);
/* After the opening bracket: a range, or NULL without failure when it is none and *ret_first was read instead. */
const struct feel__node *feel__parse_range(struct feel__parser *p, uint32_t at, bool start_included,
                                           const struct feel__node **ret_first);
const struct feel__node *feel__parse_operator_range(struct feel__parser *p);
const struct feel_type *feel__parse_type(struct feel__parser *p);

void feel__parser_init(struct feel__parser *p, struct tb_arena *arena, tb_str text,
                       const struct feel_scope *scope);
void feel__expr_init(struct feel__parser *p, struct feel_expr *expr, const struct feel__node *root);
tb_status feel__parser_fail(struct feel__parser *p, struct feel_fault *ret_fault,
                            struct tb_err *err);

#endif
