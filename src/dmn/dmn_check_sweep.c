/* SPDX-License-Identifier: Apache-2.0 */
/* dmn_check_sweep.c - which points of a grid does no rule take?
 *
 * A sweep goes dimension by dimension; what is left of the rules after some of them is a set. A set that was met before
 * at the same place is not followed again, and one in which a rule takes all that is left has no gap. Where no two
 * rules overlap, counting decides: the boxes of all rules together are as large as the grid, or there is a gap, and
 * where the count falls short it is found without searching. */
#include "dmn/dmn_check_internal.h"
#include <string.h>

__extension__ typedef unsigned __int128 volume;

struct sweep {
    struct dmn__grid *grid;
    uint8_t **in_box;    /* by dimension: the classes of the box; NULL: all */
    uint64_t **suffix;   /* by dimension: rules that take all from here on */
    uint64_t **sets;     /* by depth: what is left of the rules */
    size_t *classes;     /* of the point so far */
    uint64_t (*seen)[2]; /* sets met: hash over dimension and set */
    size_t seen_cap, seen_count;
    void (*visit)(void *context, const size_t *classes);
    void *context;
    size_t found, found_max;
    bool is_over;
    uint32_t **sizes; /* by dimension and rule: in how many classes it holds; counting only */
    volume *rest;     /* by dimension: points of all dimensions from here on */
};

static bool
in_box(const struct sweep *s, size_t dim, size_t class)
{
    return s->in_box == NULL || s->in_box[dim][class];
}

static size_t
first_class(const struct sweep *s, size_t dim)
{
    size_t class = 0;
    while (!in_box(s, dim, class))
        class ++;
    return class;
}

/* All remaining dimensions take their first class: the point is complete. */
static void
report(struct sweep *s, size_t dim)
{
    for (size_t d = dim; d < s->grid->dim_count; d++)
        s->classes[d] = first_class(s, d);
    s->found++;
    if (s->visit != NULL)
        s->visit(s->context, s->classes);
}

/* Notes a set; false when it was met before. */
static bool
is_new(struct sweep *s, size_t dim, const uint64_t *set)
{
    uint64_t a = (dim + 1) * UINT64_C(0xD6E8FEB86659FD93),
             b = (dim + 1) * UINT64_C(0xA0761D6478BD642F);
    for (size_t w = 0; w < s->grid->words; w++) {
        a = (a ^ set[w]) * UINT64_C(0x9E3779B97F4A7C15);
        b = (b ^ set[w]) * UINT64_C(0xC2B2AE3D27D4EB4F);
        a ^= a >> 29;
        b ^= b >> 31;
    }
    a |= 1; /* 0 is an empty place */
    if (2 * s->seen_count >= s->seen_cap) {
        size_t cap = s->seen_cap > 0 ? s->seen_cap * 4 : 1024;
        uint64_t(*more)[2] = tb_alloc_array(s->grid->arena, cap, sizeof(*more));
        for (size_t i = 0; i < s->seen_cap; i++) {
            size_t at = s->seen[i][0] >> 20 & (cap - 1);
            while (s->seen[i][0] != 0 && more[at][0] != 0)
                at = (at + 1) & (cap - 1);
            if (s->seen[i][0] != 0)
                memcpy(more[at], s->seen[i], sizeof(more[at]));
        }
        s->seen = more;
        s->seen_cap = cap;
    }
    size_t at = a >> 20 & (s->seen_cap - 1);
    for (; s->seen[at][0] != 0; at = (at + 1) & (s->seen_cap - 1))
        if (s->seen[at][0] == a && s->seen[at][1] == b)
            return false;
    s->seen[at][0] = a;
    s->seen[at][1] = b;
    s->seen_count++;
    s->is_over |= ++s->grid->states > DMN_CHECK_STATES_MAX;
    return true;
}

static bool
is_empty(const uint64_t *set, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if (set[w] != 0)
            return false;
    return true;
}

static bool
meets(const uint64_t *a, const uint64_t *b, size_t words)
{
    for (size_t w = 0; w < words; w++)
        if ((a[w] & b[w]) != 0)
            return true;
    return false;
}

static void
go(struct sweep *s, size_t dim)
{
    const struct dmn__grid *grid = s->grid;
    const uint64_t *left = s->sets[dim];
    if (is_empty(left, grid->words)) {
        report(s, dim);
        return;
    }
    if (dim == grid->dim_count || meets(left, s->suffix[dim], grid->words) || !is_new(s, dim, left))
        return;
    for (size_t k = 0; k < grid->dims[dim].count; k++) {
        const uint64_t *own = grid->dims[dim].sets + k * grid->words;
        if (!in_box(s, dim, k) || s->is_over || s->found >= s->found_max)
            continue;
        for (size_t w = 0; w < grid->words; w++)
            s->sets[dim + 1][w] = left[w] & own[w];
        s->classes[dim] = k;
        go(s, dim + 1);
    }
}

/* ---- by counting ------------------------------------------------------------------------------------------------- */

/* Points of the dimensions from dim on that the rules of a set take, which do not overlap. */
static volume
volume_of(const struct sweep *s, size_t dim, const uint64_t *set)
{
    volume sum = 0;
    for (size_t w = 0; w < s->grid->words; w++)
        for (uint64_t rest = set[w]; rest != 0; rest &= rest - 1) {
            size_t rule = w * 64 + (size_t)__builtin_ctzll(rest);
            volume own = 1;
            for (size_t d = dim; d < s->grid->dim_count; d++)
                own *= s->sizes[d][rule];
            sum += own;
        }
    return sum;
}

static void
go_counting(struct sweep *s, size_t dim)
{
    const struct dmn__grid *grid = s->grid;
    const uint64_t *left = s->sets[dim];
    if (is_empty(left, grid->words)) {
        report(s, dim);
        return;
    }
    if (dim == grid->dim_count || volume_of(s, dim, left) == s->rest[dim] || !is_new(s, dim, left))
        return;
    for (size_t k = 0; k < grid->dims[dim].count; k++) {
        const uint64_t *own = grid->dims[dim].sets + k * grid->words;
        if (s->is_over || s->found >= s->found_max)
            return;
        for (size_t w = 0; w < grid->words; w++)
            s->sets[dim + 1][w] = left[w] & own[w];
        s->classes[dim] = k;
        go_counting(s, dim + 1);
    }
}

/* No two rules overlap, and points can be counted. */
static bool
can_count(struct sweep *s)
{
    struct dmn__grid *grid = s->grid;
    uint64_t *set = TB_NEW_ARRAY(grid->arena, grid->words, uint64_t);
    double size = 1;
    s->rest = tb_alloc_array(grid->arena, grid->dim_count + 1, sizeof(*s->rest));
    s->rest[grid->dim_count] = 1;
    for (size_t d = grid->dim_count; d > 0; d--) {
        s->rest[d - 1] = s->rest[d] * grid->dims[d - 1].count;
        size *= (double)grid->dims[d - 1].count;
    }
    if (size > 1e36)
        return false;
    for (size_t rule = 0; rule < grid->table->rule_count; rule++) {
        dmn__grid_meets(grid, rule, set);
        set[rule / 64] &= ~(UINT64_C(1) << (rule % 64));
        if (!is_empty(set, grid->words))
            return false;
    }
    s->sizes = TB_NEW_ARRAY(grid->arena, grid->dim_count, uint32_t *);
    for (size_t d = 0; d < grid->dim_count; d++) {
        s->sizes[d] = TB_NEW_ARRAY(grid->arena, grid->table->rule_count, uint32_t);
        for (size_t k = 0; k < grid->dims[d].count; k++)
            for (size_t rule = 0; rule < grid->table->rule_count; rule++)
                s->sizes[d][rule] += dmn__has_bit(grid->dims[d].sets + k * grid->words, rule);
    }
    return true;
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

/* Rules that take all of the box from each dimension on. */
static void
fill_suffix(struct sweep *s)
{
    struct dmn__grid *grid = s->grid;
    size_t words = grid->words;
    memset(s->suffix[grid->dim_count], 0xff, words * sizeof(uint64_t));
    for (size_t d = grid->dim_count; d > 0; d--) {
        memcpy(s->suffix[d - 1], s->suffix[d], words * sizeof(uint64_t));
        for (size_t k = 0; k < grid->dims[d - 1].count; k++)
            for (size_t w = 0; in_box(s, d - 1, k) && w < words; w++)
                s->suffix[d - 1][w] &= grid->dims[d - 1].sets[k * words + w];
    }
}

static struct sweep
start(struct dmn__grid *grid, const uint64_t *covers)
{
    struct sweep s = {.grid = grid, .found_max = 1};
    size_t depth = grid->dim_count + 1;
    s.suffix = TB_NEW_ARRAY(grid->arena, depth, uint64_t *);
    s.sets = TB_NEW_ARRAY(grid->arena, depth, uint64_t *);
    s.classes = TB_NEW_ARRAY(grid->arena, depth, size_t);
    for (size_t d = 0; d < depth; d++) {
        s.suffix[d] = TB_NEW_ARRAY(grid->arena, grid->words, uint64_t);
        s.sets[d] = TB_NEW_ARRAY(grid->arena, grid->words, uint64_t);
    }
    memcpy(s.sets[0], covers, grid->words * sizeof(uint64_t));
    grid->states = 0;
    return s;
}

/* The classes in which all rules of the box hold; false when there are none in some dimension. */
static bool
fill_box(struct sweep *s, const size_t *box, size_t box_count)
{
    const struct dmn__grid *grid = s->grid;
    s->in_box = TB_NEW_ARRAY(grid->arena, grid->dim_count, uint8_t *);
    for (size_t d = 0; d < grid->dim_count; d++) {
        bool has_any = false;
        s->in_box[d] = tb_alloc(grid->arena, grid->dims[d].count);
        for (size_t k = 0; k < grid->dims[d].count; k++) {
            s->in_box[d][k] = 1;
            for (size_t i = 0; i < box_count; i++)
                s->in_box[d][k] &= dmn__has_bit(grid->dims[d].sets + k * grid->words, box[i]);
            has_any |= s->in_box[d][k];
        }
        if (!has_any)
            return false;
    }
    return true;
}

int
dmn__grid_uncovered(struct dmn__grid *grid, const size_t *box, size_t box_count,
                    const uint64_t *covers, size_t *ret_classes)
{
    struct sweep s = start(grid, covers);
    if (box_count > 0 && !fill_box(&s, box, box_count))
        return 0;
    fill_suffix(&s);
    go(&s, 0);
    if (s.found > 0)
        memcpy(ret_classes, s.classes, grid->dim_count * sizeof(*ret_classes));
    return s.found > 0 ? 1 : s.is_over ? -1 : 0;
}

bool
dmn__grid_gaps(struct dmn__grid *grid, void (*visit)(void *context, const size_t *classes),
               void *context)
{
    uint64_t *all = TB_NEW_ARRAY(grid->arena, grid->words, uint64_t);
    for (size_t rule = 0; rule < grid->table->rule_count; rule++)
        dmn__set_bit(all, rule);
    struct sweep s = start(grid, all);
    s.visit = visit;
    s.context = context;
    s.found_max = DMN_CHECK_PER_TABLE_MAX;
    if (can_count(&s)) {
        go_counting(&s, 0);
    } else {
        fill_suffix(&s);
        go(&s, 0);
    }
    return !s.is_over;
}

void
dmn__grid_hits(const struct dmn__grid *grid, const size_t *classes, uint64_t *set)
{
    memset(set, 0, grid->words * sizeof(*set));
    for (size_t rule = 0; rule < grid->table->rule_count; rule++)
        dmn__set_bit(set, rule);
    for (size_t d = 0; d < grid->dim_count; d++)
        for (size_t w = 0; w < grid->words; w++)
            set[w] &= grid->dims[d].sets[classes[d] * grid->words + w];
}

void
dmn__grid_meets(const struct dmn__grid *grid, size_t rule, uint64_t *set)
{
    memset(set, 0xff, grid->words * sizeof(*set));
    for (size_t d = 0; d < grid->dim_count; d++) {
        const struct dmn__dim *dim = &grid->dims[d];
        for (size_t w = 0; w < grid->words; w++) {
            uint64_t any = 0;
            for (size_t k = 0; set[w] != 0 && k < dim->count; k++)
                if (dmn__has_bit(dim->sets + k * grid->words, rule))
                    any |= dim->sets[k * grid->words + w];
            set[w] &= any;
        }
    }
}
