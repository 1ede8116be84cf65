/* SPDX-License-Identifier: Apache-2.0 */
/* States of a case. Arrows are the only changes of cases.state; cases__move asserts them.
 *
 *   (draft) --submit--> SUBMITTED --accept--> OPEN --decide--> DECIDED --close--> CLOSED
 *                        |    ^                 |
 *              deficiency|    |supplement       +--withdraw--> WITHDRAWN
 *                        v    |
 *                     CORRECTING --accept--> OPEN
 *
 *   SUBMITTED, CORRECTING --refuse--> REFUSED_TO_ACCEPT
 *   SUBMITTED, CORRECTING, OPEN --withdraw--> WITHDRAWN
 *
 * A suspended case is OPEN: that the clock stands still is a fact of its events. A draft is a
 * row of drafts and no case
 * yet. Deemed acceptance moves SUBMITTED to OPEN like an acceptance by a person, only that nobody did it. */
#include "cases/cases_internal.h"

/* clang-format off */
static const struct {
    const char *word;
    bool is_over;
    unsigned to; /* bits of the states an arrow leads to */
} states[CASES_STATE_COUNT] = {
    [CASES_SUBMITTED]         = {"submitted",         false, 1u << CASES_CORRECTING | 1u << CASES_OPEN |
                                                             1u << CASES_REFUSED_TO_ACCEPT | 1u << CASES_WITHDRAWN},
    [CASES_CORRECTING]        = {"correcting",        false, 1u << CASES_SUBMITTED | 1u << CASES_OPEN |
                                                             1u << CASES_REFUSED_TO_ACCEPT | 1u << CASES_WITHDRAWN},
    [CASES_OPEN]              = {"open",              false, 1u << CASES_DECIDED | 1u << CASES_WITHDRAWN},
    [CASES_DECIDED]           = {"decided",           false, 1u << CASES_CLOSED},
    [CASES_CLOSED]            = {"closed",            true,  0},
    [CASES_REFUSED_TO_ACCEPT] = {"refused_to_accept", true,  0},
    [CASES_WITHDRAWN]         = {"withdrawn",         true,  0},
};
/* clang-format on */

const char *
cases__state_word(cases_state state)
{
    tb_assert(state < CASES_STATE_COUNT);
    return states[state].word;
}

bool
cases__state_find(tb_str word, cases_state *ret_state)
{
    for (size_t i = 0; i < CASES_STATE_COUNT; i++) {
        if (tb_str_is(word, states[i].word)) {
            *ret_state = (cases_state)i;
            return true;
        }
    }
    return false;
}

bool
cases__state_is_over(cases_state state)
{
    tb_assert(state < CASES_STATE_COUNT);
    return states[state].is_over;
}

bool
cases__state_may(cases_state from, cases_state to)
{
    tb_assert(from < CASES_STATE_COUNT && to < CASES_STATE_COUNT);
    return (states[from].to >> to & 1u) != 0;
}

void
cases__move(struct cases__act *act, cases_state to)
{
    tb_assert(cases__state_may(act->is.state, to));
    act->is.state = to;
    act->is_started = true;
}

/* What must hold between acts. */
void
cases__check(const struct cases__case *of_case)
{
    tb_assert(of_case->id > 0);
    tb_assert(of_case->no.len == 20);
    tb_assert(of_case->events >= 1);
    tb_assert(of_case->received_at > 0);
    tb_assert(of_case->state != CASES_OPEN || of_case->instance.len > 0);
}
