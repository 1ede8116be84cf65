/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for one test program, gone afterwards. */
#ifndef TESTS_TEMPORARY_H
#define TESTS_TEMPORARY_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static inline int
temporary_remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* Removes a folder and everything in it; 0 when all is gone. */
static inline int
temporary_remove(const char *path)
{
    return nftw(path, temporary_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
