/* SPDX-License-Identifier: Apache-2.0 */
/* run_cli.h - runs a command of tongban in a child process and keeps what it wrote. */
#ifndef TESTS_CLI_RUN_CLI_H
#define TESTS_CLI_RUN_CLI_H

#include "base/base.h"
#include "cli/cli.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct cli_run {
    int status;
    tb_str out, err;
};

static inline tb_str
cli_run_read(struct tb_arena *arena, FILE *file)
{
    struct tb_buf buf = {.arena = arena};
    char block[4096];
    rewind(file);
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        tb_buf_put(&buf, block, n);
    fclose(file);
    return tb_buf_done(&buf);
}

/* argv ends with NULL and begins with the command, not the program; input is standard input. */
static inline struct cli_run
cli_run(struct tb_arena *arena, const char *const *argv, tb_str input)
{
    FILE *in = tmpfile(), *out = tmpfile(), *err = tmpfile();
    char *args[64] = {tb_cstr(arena, TB_STR("tongban"))};
    int count = 1;
    for (; argv[count - 1] != NULL; count++)
        args[count] = tb_cstr(arena, tb_str_of(argv[count - 1]));
    tb_assert(fwrite(input.ptr, 1, input.len, in) == input.len);
    rewind(in);
    fflush(NULL);
    pid_t child = fork();
    tb_assert(child >= 0);
    if (child == 0) {
        dup2(fileno(in), 0);
        dup2(fileno(out), 1);
        dup2(fileno(err), 2);
        int status = cli_main(count, args);
        fflush(NULL);
        _exit(status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    fclose(in);
    struct cli_run run = {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
    run.out = cli_run_read(arena, out);
    run.err = cli_run_read(arena, err);
    return run;
}

#endif
