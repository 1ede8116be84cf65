/* SPDX-License-Identifier: Apache-2.0 */
/* What a search costs beside an answer that costs nothing.
 *
 * Baseline of the same run: GET /healthz over the same connections. 5,000 distinct queries from a
 * file, each once, first page of 20 as full JSON. Then the same queries over one connection, in turn
 * to this server and to one with ten times as many items, the same base items in ten places: in
 * turn, so that whatever else the machine does falls on both. Printed: requests per second and
 * their ratio, resident memory, median times and their ratio, the worst query.
 *
 * Usage: search TONGBAN QUERIES ITEMS-SMALL.csv ITEMS-LARGE.csv */
#include "../bench.h"
#include "base/base.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUERIES_MAX = 5000, CLIENTS = 16, ANSWER_MAX = 1 << 18, HEALTH_ROUNDS = 10000 };

/* A server over one list of items. */
struct server {
    char dir[64];
    int port;
    pid_t pid;
};

struct bench {
    const char *program;
    struct server small, large;
    char *paths[QUERIES_MAX];   /* "/api/v1/items?q=…" */
    char *queries[QUERIES_MAX]; /* as in the file: kind, tab, words */
    int count;
    /* One round of requests. */
    bool is_health;
    int rounds;
    atomic_int next, failed;
    atomic_long bytes;
};

/* ---- a client -------------------------------------------------------------------------------- */

static int
dial(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* One GET over a connection that is kept; the length of the body, or -1. */
static long
get(int fd, const char *path, char *answer)
{
    char head[2048];
    int len = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
    if (send(fd, head, (size_t)len, MSG_NOSIGNAL) != len)
        return -1;
    size_t have = 0;
    for (;;) {
        ssize_t got = recv(fd, answer + have, ANSWER_MAX - 1 - have, 0);
        if (got <= 0)
            return -1;
        have += (size_t)got;
        answer[have] = '\0';
        char *body = strstr(answer, "\r\n\r\n");
        const char *field = body != NULL ? strcasestr(answer, "\r\ncontent-length:") : NULL;
        if (field == NULL)
            continue;
        long need = strtol(field + 17, NULL, 10);
        if ((long)(have - (size_t)(body + 4 - answer)) >= need)
            return strncmp(answer + 9, "200", 3) == 0 ? need : -1;
    }
}

static void *
client(void *context)
{
    struct bench *bench = context;
    char *answer = malloc(ANSWER_MAX);
    int fd = dial(bench->small.port), i;
    while ((i = atomic_fetch_add(&bench->next, 1)) < bench->rounds) {
        long got = get(fd, bench->is_health ? "/healthz" : bench->paths[i], answer);
        if (got < 0)
            atomic_fetch_add(&bench->failed, 1);
        else
            atomic_fetch_add(&bench->bytes, got);
    }
    close(fd);
    free(answer);
    return NULL;
}

/* Requests per second of one round. */
static double
run_round(struct bench *bench, bool is_health, int rounds)
{
    pthread_t threads[CLIENTS];
    bench->is_health = is_health;
    bench->rounds = rounds;
    atomic_store(&bench->next, 0);
    atomic_store(&bench->bytes, 0);
    double from = bench_seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < CLIENTS; i++)
        pthread_create(&threads[i], NULL, client, bench);
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    double took = bench_seconds(CLOCK_MONOTONIC) - from;
    if (atomic_load(&bench->failed) > 0)
        bench_die("a request failed");
    return rounds / took;
}

/* ---- the program ----------------------------------------------------------------------------- */

static void
run_program(struct bench *bench, char *const *arguments)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(1);
        execv(bench->program, arguments);
        _exit(127);
    }
    int status;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        bench_die(arguments[1]);
}

static int
free_port(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        bench_die("no port");
    close(fd);
    return ntohs(at.sin_port);
}

static void
start(struct bench *bench, char *items, struct server *server)
{
    char listen[32], *program = (char *)(uintptr_t)bench->program;
    snprintf(server->dir, sizeof server->dir, "/tmp/bench-search-XXXXXX");
    if (mkdtemp(server->dir) == NULL)
        bench_die("no folder");
    double from = bench_seconds(CLOCK_MONOTONIC);
    run_program(bench, (char *[]){program, "init", "--data", server->dir, NULL});
    run_program(bench, (char *[]){program, "import", "items", items, "--data", server->dir, NULL});
    printf("%s: imported in %.1f s\n", items, bench_seconds(CLOCK_MONOTONIC) - from);
    fflush(stdout);
    server->port = free_port();
    snprintf(listen, sizeof listen, "127.0.0.1:%d", server->port);
    fflush(stdout);
    server->pid = fork();
    if (server->pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(1);
        execv(program,
              (char *[]){program, "serve", "--data", server->dir, "--listen", listen, NULL});
        _exit(127);
    }
    for (int i = 0; i < 600; i++) {
        int fd = dial(server->port);
        if (fd >= 0) {
            close(fd);
            return;
        }
        usleep(50000);
    }
    bench_die("the server does not answer");
}

static void
stop(const struct server *server)
{
    char command[128];
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    snprintf(command, sizeof command, "rm -rf '%s'", server->dir);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
}

/* VmRSS or VmHWM of the server in MiB. */
static double
memory_of(const struct server *server, const char *field)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", (int)server->pid);
    FILE *file = fopen(path, "r");
    double mib = 0;
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            mib = strtod(line + strlen(field) + 1, NULL) / 1024;
    if (file != NULL)
        fclose(file);
    return mib;
}

/* ---- the queries ----------------------------------------------------------------------------- */

static char *
path_of(const char *words)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_buf buf = {.arena = arena};
    tb_buf_cstr(&buf, "/api/v1/items?q=");
    for (const unsigned char *c = (const unsigned char *)words; *c != '\0'; c++)
        tb_buf_printf(&buf, "%%%02X", *c);
    char *path = strdup(tb_buf_done(&buf).ptr);
    tb_arena_free(arena);
    return path;
}

static void
read_queries(struct bench *bench, const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        bench_die(path);
    while (bench->count < QUERIES_MAX && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        if (tab == NULL)
            bench_die("a query without its kind");
        bench->queries[bench->count] = strdup(line);
        bench->paths[bench->count++] = path_of(tab + 1);
    }
    fclose(file);
}

static int
by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Times of one server, in ms. */
struct times {
    double each[QUERIES_MAX], worst, median;
    int worst_at, hits;
};

static void
time_one(struct bench *bench, int fd, int i, char *answer, struct times *times)
{
    double from = bench_seconds(CLOCK_MONOTONIC);
    if (get(fd, bench->paths[i], answer) < 0)
        bench_die(bench->queries[i]);
    times->each[i] = (bench_seconds(CLOCK_MONOTONIC) - from) * 1000;
    times->hits += strstr(answer, "\"total\":0") == NULL;
    if (times->each[i] > times->worst) {
        times->worst = times->each[i];
        times->worst_at = i;
    }
}

static void
print_times(const struct bench *bench, const char *what, struct times *times)
{
    qsort(times->each, (size_t)bench->count, sizeof *times->each, by_value);
    times->median = times->each[bench->count / 2];
    printf("%s: median %.3f ms, p99 %.3f ms, worst %.3f ms: %s; %d of %d have hits\n", what,
           times->median, times->each[bench->count * 99 / 100], times->worst,
           bench->queries[times->worst_at], times->hits, bench->count);
}

/* Every query once to each server, in turn. The ratio of the medians. */
static double
time_both(struct bench *bench)
{
    static struct times small, large;
    char *answer = malloc(ANSWER_MAX);
    int small_fd = dial(bench->small.port), large_fd = dial(bench->large.port);
    for (int i = 0; i < bench->count; i++) {
        time_one(bench, small_fd, i, answer, &small);
        time_one(bench, large_fd, i, answer, &large);
    }
    close(small_fd);
    close(large_fd);
    free(answer);
    print_times(bench, "20,000 items, one connection", &small);
    print_times(bench, "200,000 items, one connection", &large);
    return large.median / small.median;
}

int
main(int argc, char **argv)
{
    static struct bench bench;
    if (argc != 5)
        bench_die("usage: search TONGBAN QUERIES ITEMS-SMALL.csv ITEMS-LARGE.csv");
    bench.program = argv[1];
    read_queries(&bench, argv[2]);
    start(&bench, argv[3], &bench.small);
    (void)run_round(&bench, true, HEALTH_ROUNDS / 10);
    double health = run_round(&bench, true, HEALTH_ROUNDS);
    double search = run_round(&bench, false, bench.count);
    long bytes = atomic_load(&bench.bytes) / bench.count;
    health = (health + run_round(&bench, true, HEALTH_ROUNDS)) / 2;
    double memory = memory_of(&bench.small, "VmRSS:"), peak = memory_of(&bench.small, "VmHWM:");
    printf("GET /healthz %.0f/s, GET /items?q= %.0f/s (%ld bytes each)\n", health, search, bytes);
    start(&bench, argv[4], &bench.large);
    double growth = time_both(&bench);
    printf("resident %.0f MiB with 20,000 items (peak %.0f), %.0f MiB with 200,000\n", memory, peak,
           memory_of(&bench.large, "VmRSS:"));
    stop(&bench.small);
    stop(&bench.large);
    printf("ratio to /healthz %.2f (at least 0.33); resident %.0f MiB (at most 80); ten times the "
           "places cost "
           "%.2f times the median (at most 2)\n",
           search / health, memory, growth);
    return search / health >= 1.0 / 3 && memory <= 80 && growth <= 2 ? 0 : 1;
}
