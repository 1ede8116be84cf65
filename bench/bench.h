/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what every claim's program does in the same way: give up, read a clock, draw numbers. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Ends the program, naming what failed and why. */
_Noreturn static inline void
bench_die(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what,
            errno != 0 ? strerror(errno) : "failed");
    exit(1);
}

/* Seconds on a clock: CLOCK_MONOTONIC for the wall, CLOCK_PROCESS_CPUTIME_ID for this process and all its threads. */
static inline double
bench_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A number of 0 to n-1 by xorshift from *state, which is not 0: the same numbers in every run. */
static inline int64_t
bench_pick(uint64_t *state, int64_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (int64_t)(*state % (uint64_t)n);
}

#endif
