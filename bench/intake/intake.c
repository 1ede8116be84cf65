/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the disk's own speed is left when a whole application is taken in.
 *
 * 64 clients file road-freight applications over HTTP, each for another person, with all fields and three stored
 * papers. Baseline of the same run: a bare loop in C that replays the rows which this run wrote - every table, the log
 * and the indexes included - into a fresh database of the same schema on the same disk, with synchronous=FULL and as
 * many cases per transaction as the program's batches held on average. The ratio is cases per second over cases per
 * second. Usage: intake TONGBAN CASE.json [CASES] */
#include "../bench.h"
#include "base/base.h"
#include "codes/codes.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS 64
#define CASES 6400
#define TABLES_MAX 200
#define ANSWER_MAX (1 << 20)
#define BODY_MAX (1 << 16)

struct bench {
    const char *program;
    char dir[64];
    int port;
    pid_t server;
    char token[256];
    char hashes[3][65];
    char *template_text;
    tb_str *bodies;
    int cases, next;
    pthread_mutex_t lock;
    double *latency_ms;
    int done, refused;
};

/* ---- a client ---------------------------------------------------------------------------------------------------- */

static int
dial(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        return -1;
    return fd;
}

static bool
send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

/* One answer with Content-Length into answer (NUL-terminated body). Returns the HTTP status, or 0. */
static int
receive(int fd, char *answer, size_t max)
{
    size_t len = 0;
    char *body = NULL;
    long need = -1;
    for (;;) {
        ssize_t got = recv(fd, answer + len, max - 1 - len, 0);
        if (got <= 0)
            return 0;
        len += (size_t)got;
        answer[len] = '\0';
        if (body == NULL && (body = strstr(answer, "\r\n\r\n")) != NULL) {
            const char *field = strcasestr(answer, "\r\ncontent-length:");
            need = field != NULL && field < body ? strtol(field + 17, NULL, 10) : 0;
            body += 4;
        }
        if (body != NULL && (long)(len - (size_t)(body - answer)) >= need)
            break;
    }
    int status = (int)strtol(answer + 9, NULL, 10);
    memmove(answer, body, len - (size_t)(body - answer) + 1);
    return status;
}

static int
ask(struct bench *bench, int fd, const char *method, const char *path, const char *type,
    const char *key, const char *body, size_t len, char *answer)
{
    char head[1024];
    int head_len = snprintf(
        head, sizeof head,
        "%s /api/v1%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
        "%s%s%s%s%s%s\r\n",
        method, path, type, len, bench->token[0] != '\0' ? "Authorization: Bearer " : "",
        bench->token, bench->token[0] != '\0' ? "\r\n" : "", key != NULL ? "Idempotency-Key: " : "",
        key != NULL ? key : "", key != NULL ? "\r\n" : "");
    char *whole = malloc((size_t)head_len + len);
    memcpy(whole, head, (size_t)head_len);
    memcpy(whole + head_len, body, len);
    bool is_sent = send_all(fd, whole, (size_t)head_len + len);
    free(whole);
    return is_sent ? receive(fd, answer, ANSWER_MAX) : 0;
}

/* The text of a member of a flat JSON answer. */
static bool
member(const char *answer, const char *key, char *ret, size_t max)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_json *json = NULL;
    struct tb_err err;
    tb_str text = TB_STR_NONE;
    if (tb_json_parse(arena, tb_str_of(answer), &json, &err) == TB_OK)
        text = tb_json_get_text(json, key);
    bool is_there = text.len > 0 && text.len < max;
    if (is_there)
        snprintf(ret, max, TB_FMT, TB_ARG(text));
    tb_arena_free(arena);
    return is_there;
}

/* ---- the installation -------------------------------------------------------------------------------------------- */

static char *
read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        bench_die(path);
    size_t cap = 1 << 20;
    char *text = calloc(1, cap);
    size_t len = fread(text, 1, cap - 1, file);
    fclose(file);
    text[len] = '\0';
    return text;
}

static void
start(struct bench *bench)
{
    char command[512], line[256];
    snprintf(bench->dir, sizeof bench->dir, "%s", "/var/tmp/tongban-intake-XXXXXX");
    if (mkdtemp(bench->dir) == NULL)
        bench_die(bench->dir);
    snprintf(command, sizeof command, "%s init --data %s --demo >/dev/null", bench->program,
             bench->dir);
    if (system(command) != 0)
        bench_die("init");
    int out[2];
    if (pipe(out) != 0)
        bench_die("pipe");
    bench->server = fork();
    if (bench->server == 0) {
        dup2(out[1], 1);
        close(out[0]);
        execl(bench->program, bench->program, "serve", "--data", bench->dir, "--listen",
              "127.0.0.1:0", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *words = fdopen(out[0], "r");
    while (bench->port == 0 && fgets(line, sizeof line, words) != NULL) {
        const char *at = strstr(line, "http://127.0.0.1:");
        bench->port = at != NULL ? (int)strtol(at + 17, NULL, 10) : 0;
    }
    if (bench->port == 0)
        bench_die("serve");
    fclose(words);
}

static void
stop(struct bench *bench)
{
    kill(bench->server, SIGTERM);
    waitpid(bench->server, NULL, 0);
}

static void
sign_in(struct bench *bench, char *answer)
{
    char path[128], body[512], password[128] = "";
    snprintf(path, sizeof path, "%s/demo-accounts.json", bench->dir);
    char *text = read_whole(path);
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_json *list;
    struct tb_err err;
    if (tb_json_parse(arena, tb_str_of(text), &list, &err) != TB_OK)
        bench_die("demo-accounts.json");
    TB_JSON_EACH(account, list)
    if (password[0] == '\0' && tb_str_is(tb_json_get_text(account, "role"), "helper")) {
        snprintf(password, sizeof password, TB_FMT, TB_ARG(tb_json_get_text(account, "password")));
        snprintf(body, sizeof body, "{\"user\":\"" TB_FMT "\",\"password\":\"%s\"}",
                 TB_ARG(tb_json_get_text(account, "user")), password);
    }
    int fd = dial(bench->port);
    if (ask(bench, fd, "POST", "/sessions", "application/json", NULL, body, strlen(body), answer) >=
            300 ||
        !member(answer, "token", bench->token, sizeof bench->token))
        bench_die(answer);
    for (int i = 0; i < 3; i++) {
        char paper[256], name[64];
        int len = snprintf(
            paper, sizeof paper,
            "%%PDF-1.4\n%% paper %d of the measurement\n1 0 obj<<>>endobj\ntrailer<<>>\n%%%%EOF\n",
            i);
        snprintf(name, sizeof name, "/files?name=paper-%d.pdf", i);
        if (ask(bench, fd, "POST", name, "application/pdf", NULL, paper, (size_t)len, answer) >=
                300 ||
            !member(answer, "hash", bench->hashes[i], 65))
            bench_die(answer);
    }
    close(fd);
    free(text);
    tb_arena_free(arena);
}

/* ---- the load ---------------------------------------------------------------------------------------------------- */

/* A citizen ID number that checks, another for every n. */
static void
make_id(int n, char ret_id[19])
{
    char first[18];
    snprintf(first, sizeof first, "5116021980%02d%02d%03d", 1 + n / 28000 % 12, 1 + n / 1000 % 28,
             n % 1000);
    for (const char *check = "0123456789X"; *check != '\0'; check++) {
        snprintf(ret_id, 19, "%s%c", first, *check);
        if (codes_citizen_id(tb_str_of(ret_id), (tb_date){0}, TB_STR_NONE, NULL, NULL))
            return;
    }
}

/* A credit code that checks, another for every n: the embedded organisation code has a check character of its own. */
static void
make_credit_code(int n, char ret_code[19])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    char organisation[10];
    for (const char *inner = "0123456789X"; *inner != '\0'; inner++) {
        snprintf(organisation, sizeof organisation, "MA%06u%c", (unsigned)n % 1000000, *inner);
        if (codes_organisation_code(tb_str_of(organisation), TB_STR_NONE, NULL))
            break;
    }
    for (const char *check = alphabet; *check != '\0'; check++) {
        snprintf(ret_code, 19, "91511602%s%c", organisation, *check);
        if (codes_credit_code(tb_str_of(ret_code), TB_STR_NONE, NULL, NULL))
            return;
    }
}

static size_t
fill(const struct bench *bench, int n, char *out, size_t max)
{
    char id[19], serial[16], credit[19];
    make_id(n, id);
    make_credit_code(n, credit);
    snprintf(serial, sizeof serial, "%06d", n);
    const struct {
        const char *mark, *value;
    } marks[] = {{"@ID@", id},
                 {"@CREDIT@", credit},
                 {"@SERIAL@", serial},
                 {"@HASH1@", bench->hashes[0]},
                 {"@HASH2@", bench->hashes[1]},
                 {"@HASH3@", bench->hashes[2]}};
    size_t len = 0;
    for (const char *at = bench->template_text; *at != '\0' && len + 70 < max;) {
        size_t i = 0;
        while (i < TB_COUNT(marks) && strncmp(at, marks[i].mark, strlen(marks[i].mark)) != 0)
            i++;
        if (i == TB_COUNT(marks)) {
            out[len++] = *at++;
            continue;
        }
        at += strlen(marks[i].mark);
        len += (size_t)snprintf(out + len, max - len, "%s", marks[i].value);
    }
    return len;
}

/* All of it before the clock runs: on a small machine the writing of applications would count against the program. */
static void
fill_all(struct bench *bench, struct tb_arena *arena)
{
    char *body = malloc(BODY_MAX);
    bench->bodies = TB_NEW_ARRAY(arena, (size_t)bench->cases, tb_str);
    for (int n = 0; n < bench->cases; n++)
        bench->bodies[n] = tb_str_copy(arena, (tb_str){body, fill(bench, n, body, BODY_MAX)});
    free(body);
}

static void *
client(void *context)
{
    struct bench *bench = context;
    char *answer = malloc(ANSWER_MAX), key[32];
    int fd = dial(bench->port);
    for (;;) {
        pthread_mutex_lock(&bench->lock);
        int n = bench->next < bench->cases ? bench->next++ : -1;
        pthread_mutex_unlock(&bench->lock);
        if (n < 0)
            break;
        snprintf(key, sizeof key, "intake-%d", n);
        double begun = bench_seconds(CLOCK_MONOTONIC);
        int status = ask(bench, fd, "POST", "/cases", "application/json", key, bench->bodies[n].ptr,
                         bench->bodies[n].len, answer);
        bench->latency_ms[n] = (bench_seconds(CLOCK_MONOTONIC) - begun) * 1000;
        if (status != 201 && __atomic_fetch_add(&bench->refused, 1, __ATOMIC_RELAXED) == 0)
            fprintf(stderr, "intake: refused with %d: %.600s\n", status, answer);
    }
    close(fd);
    free(answer);
    return NULL;
}

static double
run_clients(struct bench *bench)
{
    pthread_t threads[CLIENTS];
    double begun = bench_seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < CLIENTS; i++)
        if (pthread_create(&threads[i], NULL, client, bench) != 0)
            bench_die("threads");
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    return bench_seconds(CLOCK_MONOTONIC) - begun;
}

/* ---- the baseline ------------------------------------------------------------------------------------------------ */

struct table {
    char name[64];
    int columns;
    int64_t rows, bytes; /* written by the run */
    int64_t first_rowid; /* rows above this were written by the run */
    sqlite3_stmt *select, *insert;
};

struct replay {
    sqlite3 *from, *to;
    struct table tables[TABLES_MAX];
    int count;
};

static sqlite3 *
open_database(const char *path)
{
    sqlite3 *db;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        bench_die(path);
    return db;
}

static int64_t
number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *statement;
    int64_t value = -1;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void
run_sql(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) {
        fprintf(stderr, "intake: %s: %s\n", sql, message);
        exit(1);
    }
}

static void
list_tables(sqlite3 *db, struct replay *replay)
{
    sqlite3_stmt *statement;
    sqlite3_prepare_v2(
        db, "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%'", -1,
        &statement, NULL);
    while (sqlite3_step(statement) == SQLITE_ROW && replay->count < TABLES_MAX)
        snprintf(replay->tables[replay->count++].name, 64, "%s",
                 (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

/* The highest rowid of each table before the load, so that only what the load wrote is replayed. */
static void
note_before(const char *path, struct replay *replay)
{
    sqlite3 *db = open_database(path);
    list_tables(db, replay);
    for (int i = 0; i < replay->count; i++) {
        char *sql =
            sqlite3_mprintf("SELECT coalesce(max(rowid), 0) FROM \"%w\"", replay->tables[i].name);
        replay->tables[i].first_rowid = number(db, sql);
        sqlite3_free(sql);
    }
    sqlite3_close(db);
}

static void
copy_schema(struct replay *replay)
{
    sqlite3_stmt *statement;
    sqlite3_prepare_v2(replay->from,
                       "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE "
                       "'sqlite_%' ORDER BY type DESC",
                       -1, &statement, NULL);
    while (sqlite3_step(statement) == SQLITE_ROW)
        run_sql(replay->to, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
}

static void
prepare_table(struct replay *replay, struct table *table)
{
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\" WHERE rowid > %lld ORDER BY rowid",
                                table->name, (long long)table->first_rowid);
    if (sqlite3_prepare_v2(replay->from, sql, -1, &table->select, NULL) != SQLITE_OK)
        bench_die(sql);
    sqlite3_free(sql);
    table->columns = sqlite3_column_count(table->select);
    sqlite3_str *insert = sqlite3_str_new(NULL);
    sqlite3_str_appendf(insert, "INSERT INTO \"%w\" VALUES (", table->name);
    for (int i = 0; i < table->columns; i++)
        sqlite3_str_appendall(insert, i == 0 ? "?" : ",?");
    sqlite3_str_appendall(insert, ")");
    char *text = sqlite3_str_finish(insert);
    if (sqlite3_prepare_v2(replay->to, text, -1, &table->insert, NULL) != SQLITE_OK)
        bench_die(text);
    sqlite3_free(text);
}

/* All rows of the run in memory, so that the loop below does nothing but write. */
struct row {
    struct table *table;
    sqlite3_value **values;
};

static struct row *
load_rows(struct replay *replay, int64_t *ret_count)
{
    struct row *rows = NULL;
    int64_t count = 0, cap = 0;
    for (int i = 0; i < replay->count; i++) {
        struct table *table = &replay->tables[i];
        prepare_table(replay, table);
        while (sqlite3_step(table->select) == SQLITE_ROW) {
            if (count == cap) {
                cap = cap * 2 + 1024;
                rows = realloc(rows, (size_t)cap * sizeof *rows);
            }
            struct row *row = &rows[count++];
            row->table = table;
            row->values = malloc((size_t)table->columns * sizeof *row->values);
            for (int c = 0; c < table->columns; c++) {
                row->values[c] = sqlite3_value_dup(sqlite3_column_value(table->select, c));
                table->bytes += sqlite3_column_bytes(table->select, c);
            }
            table->rows++;
        }
    }
    *ret_count = count;
    return rows;
}

static void
write_row(struct row *row)
{
    for (int c = 0; c < row->table->columns; c++)
        sqlite3_bind_value(row->table->insert, c + 1, row->values[c]);
    if (sqlite3_step(row->table->insert) != SQLITE_DONE)
        bench_die(sqlite3_errmsg(sqlite3_db_handle(row->table->insert)));
    sqlite3_reset(row->table->insert);
}

/* Writes the rows in transactions of per_batch cases: of each table the same share in each transaction. */
static double
replay_rows(struct replay *replay, struct row *rows, int64_t count, int cases, double per_batch)
{
    int64_t batches = (int64_t)(cases / per_batch + 0.5), written = 0;
    int64_t first[TABLES_MAX], at = 0;
    for (int i = 0; i < replay->count; i++) {
        first[i] = at;
        at += replay->tables[i].rows;
    }
    double begun = bench_seconds(CLOCK_MONOTONIC);
    for (int64_t b = 0; b < batches; b++) {
        run_sql(replay->to, "BEGIN IMMEDIATE");
        for (int i = 0; i < replay->count; i++) {
            int64_t n = replay->tables[i].rows;
            for (int64_t r = n * b / batches; r < n * (b + 1) / batches; r++, written++)
                write_row(&rows[first[i] + r]);
        }
        run_sql(replay->to, "COMMIT");
    }
    if (written != count)
        bench_die("rows were left out");
    return bench_seconds(CLOCK_MONOTONIC) - begun;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void
report(struct bench *bench, struct replay *replay, int64_t rows, double per_batch, double ours,
       double bare)
{
    int64_t bytes = 0;
    qsort(bench->latency_ms, (size_t)bench->cases, sizeof(double), by_size);
    printf("%-24s %10s %12s\n", "table", "rows/case", "bytes/case");
    for (int i = 0; i < replay->count; i++) {
        const struct table *table = &replay->tables[i];
        bytes += table->bytes;
        if (table->rows > 0)
            printf("%-24s %10.2f %12.1f\n", table->name, (double)table->rows / bench->cases,
                   (double)table->bytes / bench->cases);
    }
    printf("%-24s %10.2f %12.1f\n", "all", (double)rows / bench->cases,
           (double)bytes / bench->cases);
    printf("mean batch               %10.2f cases\n", per_batch);
    printf("POST /cases              %10.0f cases/s, p50 %.2f ms, p99 %.2f ms, %d clients\n",
           bench->cases / ours, bench->latency_ms[bench->cases / 2],
           bench->latency_ms[bench->cases * 99 / 100], CLIENTS);
    printf("bare loop, same rows     %10.0f cases/s\n", bench->cases / bare);
    printf("ratio                    %10.1f %% of the bare loop (at least 40 %%)\n",
           bare / ours * 100);
}

int
main(int argc, char **argv)
{
    struct bench bench = {.cases = argc > 3 ? (int)strtol(argv[3], NULL, 10) : CASES,
                          .lock = PTHREAD_MUTEX_INITIALIZER};
    struct replay *replay = calloc(1, sizeof *replay);
    struct tb_arena *arena = tb_arena_new(0);
    char database[128], bare_database[128], *answer = malloc(ANSWER_MAX), clean[160];
    if (argc < 3)
        bench_die("usage: intake TONGBAN CASE.json [CASES]");
    bench.program = argv[1];
    bench.template_text = read_whole(argv[2]);
    bench.latency_ms = calloc((size_t)bench.cases, sizeof(double));
    start(&bench);
    sign_in(&bench, answer);
    snprintf(database, sizeof database, "%s/tongban.db", bench.dir);
    snprintf(bare_database, sizeof bare_database, "%s/bare.db", bench.dir);
    note_before(database, replay);
    fill_all(&bench, arena);
    double ours = run_clients(&bench);
    stop(&bench);
    if (bench.refused > 0)
        bench_die("some cases were refused");
    replay->from = open_database(database);
    replay->to = open_database(bare_database);
    run_sql(replay->to,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0");
    copy_schema(replay);
    int64_t count, batches;
    struct row *rows = load_rows(replay, &count);
    for (int i = 0; i < replay->count; i++)
        sqlite3_reset(replay->tables[i].select);
    batches = number(replay->from, "SELECT count(DISTINCT at) FROM log WHERE table_name = 'cases'");
    double per_batch = (double)bench.cases / (double)batches;
    double bare = replay_rows(replay, rows, count, bench.cases, per_batch);
    report(&bench, replay, count, per_batch, ours, bare);
    tb_arena_free(arena);
    snprintf(clean, sizeof clean, "rm -rf %s", bench.dir);
    return system(clean) != 0;
}
