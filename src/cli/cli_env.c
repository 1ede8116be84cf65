/* SPDX-License-Identifier: Apache-2.0 */
/* The one source of time and chance. */
#include "cli/cli_internal.h"
#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t
now_us(void *context)
{
    const int64_t *offset_us = context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * TB_US_PER_SECOND + now.tv_nsec / 1000 + *offset_us;
}

static void
random_bytes(void *context, void *ret_bytes, size_t len)
{
    (void)context;
    uint8_t *at = ret_bytes;
    while (len > 0) {
        ssize_t got = getrandom(at, len, 0);
        tb_assert(got > 0 || errno == EINTR);
        if (got > 0) {
            at += got;
            len -= (size_t)got;
        }
    }
}

void
cli_env_init(struct tb_env *env, int64_t *offset_us)
{
    *env = (struct tb_env){.now_us = now_us, .random = random_bytes, .context = offset_us};
}
