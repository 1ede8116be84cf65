/* SPDX-License-Identifier: Apache-2.0 */
/* `tongban serve`: everything opened, one listener, one scheduler, until SIGTERM or SIGINT. */
#include "cases/cases.h"
#include "catalogue/catalogue.h"
#include "cli/cli_internal.h"
#include "face/face.h"
#include "http/http.h"
#include "watch/watch.h"
#include "web/web.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define TICK_LIMIT 256
#define TICK_MS 500
#define FILES_WANTED 8192

struct server {
    struct cli_app app;
    struct face *face;
    struct web *web;
    struct http_server *http;
    pthread_t scheduler;
    bool has_scheduler;
    int lock_fd; /* kept until the process ends, however it ends */
    atomic_bool is_stopping;
};

static void
handle(void *context, const struct http_request *request, struct http_response *response)
{
    struct server *server = context;
    if (!face_handle(server->face, request, response))
        web_handle(server->web, request, response);
}

/* A tick that fails is said once a minute at most and tried again: timers are facts, not fires. */
static void
say_failure(const char *what, const struct tb_err *err, int64_t now, int64_t *said_at)
{
    if (now - *said_at < 60 * TB_US_PER_SECOND)
        return;
    *said_at = now;
    fprintf(stderr, "tongban serve: %s: %s\n", what, err->message);
}

static void *
run_scheduler(void *context)
{
    struct server *server = context;
    const struct tb_env *env = server->app.cli->env;
    int64_t said_at = 0;
    while (!atomic_load(&server->is_stopping)) {
        struct tb_err err = {0};
        size_t cases_done = 0, watch_done = 0, catalogue_done = 0;
        int64_t now = env->now_us(env->context);
        if (cases_tick(server->app.cases, now, TICK_LIMIT, &cases_done, &err) != TB_OK)
            say_failure("timers", &err, now, &said_at);
        if (watch_tick(server->app.watch, now, TICK_LIMIT, &watch_done, &err) != TB_OK)
            say_failure("supervision", &err, now, &said_at);
        if (catalogue_tick(server->app.catalogue, TICK_LIMIT, &catalogue_done, &err) != TB_OK)
            say_failure("search index", &err, now, &said_at);
        if (cases_done + watch_done + catalogue_done == 0)
            nanosleep(&(struct timespec){.tv_nsec = TICK_MS * 1000000L}, NULL);
    }
    return NULL;
}

static tb_status
open_faces(struct server *server, struct tb_err *err)
{
    struct cli_app *app = &server->app;
    const struct cli_config *config = &app->config;
    TB_TRY(face_open(&(struct face_options){.registry = app->registry,
                                            .access = app->access,
                                            .store = app->store,
                                            .env = app->cli->env,
                                            .version = TB_VERSION_TEXT},
                     &server->face, err));
    return web_open(&(struct web_options){.registry = app->registry,
                                          .access = app->access,
                                          .env = app->cli->env,
                                          .origin = config->origin,
                                          .site_zh = config->site_zh,
                                          .site_en = config->site_en,
                                          .phone = config->phone,
                                          .hours_zh = config->hours_zh,
                                          .hours_en = config->hours_en,
                                          .is_demonstration = config->is_demonstration},
                    &server->web, err);
}

/* Other programs may write to an installation while it is served; a second server may not serve it too. */
static tb_status
take_lock(struct server *server, struct cli *cli, struct tb_err *err)
{
    const char *dir = cli_value(cli, "--data");
    const char *path = tb_cstr(cli->arena, tb_printf(cli->arena, "%s/serve.lock", dir));
    server->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (server->lock_fd >= 0 && flock(server->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TB_OK;
    if (server->lock_fd >= 0 && errno == EWOULDBLOCK)
        return tb_fail(err, TB_INVALID,
                       "%s is being served by another process; stop that one, or "
                       "serve another folder",
                       dir);
    return tb_fail(err, errno == EROFS ? TB_READ_ONLY : TB_IO, "%s: %s", path, strerror(errno));
}

static tb_status
open_server(struct server *server, struct cli *cli, struct tb_err *err)
{
    TB_TRY(cli_app_open(&server->app, cli, tb_str_of(cli_value(cli, "--data")), false, err));
    TB_TRY(take_lock(server, cli, err));
    TB_TRY(open_faces(server, err));
    const struct cli_config *config = &server->app.config;
    const char *listen = cli_value(cli, "--listen");
    TB_TRY(http_server_open(
        &(struct http_options){.listen = listen != NULL ? tb_str_of(listen) : config->listen,
                               .handler = handle,
                               .context = server,
                               .env = cli->env,
                               .workers = (int)config->workers,
                               .trusted_proxy = config->trusted_proxy,
                               .is_hsts = config->is_hsts,
                               .log_fd = cli_has(cli, "--log") ? STDERR_FILENO : -1},
        &server->http, err));
    face_watch(server->face, server->http);
    server->has_scheduler = pthread_create(&server->scheduler, NULL, run_scheduler, server) == 0;
    return server->has_scheduler ? TB_OK : tb_fail(err, TB_INTERNAL, "no thread for the scheduler");
}

static void
print_accounts(struct cli *cli, tb_str dir)
{
    struct tb_err err = {0};
    struct tb_json *list;
    tb_str text, path = tb_printf(cli->arena, TB_FMT "/demo-accounts.json", TB_ARG(dir));
    if (access(path.ptr, R_OK) != 0 || cli_read_file(cli, path.ptr, 65536, &text, &err) != TB_OK ||
        tb_json_parse(cli->arena, text, &list, &err) != TB_OK)
        return;
    printf("\nDemonstration accounts 演示账号 (" TB_FMT "):\n", TB_ARG(path));
    TB_JSON_EACH(account, list)
    printf("  %-12.*s %-12.*s " TB_FMT "\n", TB_ARG(tb_json_get_text(account, "role")),
           TB_ARG(tb_json_get_text(account, "user")),
           TB_ARG(tb_json_get_text(account, "password")));
}

static void
print_address(struct cli *cli, struct server *server)
{
    const char *listen = cli_value(cli, "--listen");
    tb_str address = listen != NULL ? tb_str_of(listen) : server->app.config.listen;
    size_t host = address.len;
    while (host > 0 && address.ptr[host - 1] != ':')
        host--;
    printf("Tongban 通办 is at http://" TB_FMT "%d/ (stop with Ctrl-C)\n",
           TB_ARG(tb_str_sub(address, 0, host)), http_server_port(server->http));
    if (server->app.config.is_demonstration)
        print_accounts(cli, server->app.dir);
    fflush(stdout);
}

/* Requests under way are finished first, then timers, then what they stand on. When a handler will not end, the
 * process ends without closing: nothing unacknowledged was promised. */
static bool
close_server(struct server *server)
{
    if (server->http != NULL && !http_server_stop(server->http))
        return false;
    atomic_store(&server->is_stopping, true);
    if (server->has_scheduler)
        pthread_join(server->scheduler, NULL);
    http_server_close(server->http);
    web_close(server->web);
    face_close(server->face);
    cli_app_close(&server->app);
    return true;
}

/* Each connection is a file to the machine, and the usual soft limit of 1,024 is fewer than the listener may hold. */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED)
        return;
    limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < HTTP_CONNECTIONS_MAX + 256)
        fprintf(stderr,
                "tongban serve: only %llu open files are allowed; raise it (ulimit -n) for %d "
                "connections\n",
                (unsigned long long)limit.rlim_cur, HTTP_CONNECTIONS_MAX);
}

static int
run_serve(struct cli *cli)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    struct server *server = TB_NEW(cli->arena, struct server);
    struct tb_err err = {0};
    int status = CLI_OK, number;
    if (open_server(server, cli, &err) != TB_OK) {
        status = cli_fail(cli, &err);
    } else {
        print_address(cli, server);
        sigwait(&signals, &number);
    }
    if (!close_server(server)) {
        fprintf(stderr, "tongban serve: some requests did not end within %d s; leaving them\n",
                HTTP_STOP_MS_MAX / 1000);
        fflush(stdout);
        _exit(CLI_OK);
    }
    return status;
}

static const struct cli_option options[] = {
    {"--data", "DIR", "the installation", true},
    {"--listen", "HOST:PORT", "instead of `listen` of its config.yaml; port 0: any free one",
     false},
    {"--log", NULL, "a line to standard error for each request, without personal values", false},
    {NULL, NULL, NULL, false},
};

const struct cli_command cli_cmd_serve = {
    .name = "serve",
    .help = "Serve the website, the counters and the API of an installation",
    .more = "SIGTERM and SIGINT end it: it stops accepting, finishes what runs (at most 10 s), and "
            "closes the log with a\n"
            "signed checkpoint.",
    .options = options,
    .run = run_serve};
