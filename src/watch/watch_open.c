/* SPDX-License-Identifier: Apache-2.0 */
/* The object of supervision and its turn of the scheduler. */
#include "watch/watch_internal.h"

#include <stdlib.h>

tb_status
watch_open(const struct watch_options *options, struct watch **ret_watch, struct tb_err *err)
{
    if (options->store == NULL || options->env == NULL || options->packs == NULL ||
        options->calendar == NULL)
        return tb_fail(err, TB_INVALID, "supervision needs store, env, packs and calendar");
    struct watch *watch = calloc(1, sizeof(*watch));
    tb_assert(watch != NULL);
    watch->options = *options;
    *ret_watch = watch;
    return TB_OK;
}

void
watch_close(struct watch *watch)
{
    free(watch);
}

struct op_table
watch_ops(struct watch *watch)
{
    return (struct op_table){watch__rows, watch__rows_count, watch};
}

tb_status
watch_tick(struct watch *watch, int64_t now, size_t limit, size_t *ret_done, struct tb_err *err)
{
    size_t read = 0, put_up = 0;
    TB_TRY(watch__feed(watch, limit, &read, err));
    if (read == 0)
        TB_TRY(watch__cards(watch, now, limit, &put_up, err));
    *ret_done = read + put_up;
    return TB_OK;
}
