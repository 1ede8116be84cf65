/* SPDX-License-Identifier: Apache-2.0 */
/* /metrics: figures in the text format of Prometheus. */
#include "face/face_internal.h"

#include <malloc.h>

static void
figure(struct tb_buf *buf, const char *name, const char *help, bool is_counter, int64_t value)
{
    tb_buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name,
                  is_counter ? "counter" : "gauge", name, (long long)value);
}

static void
http_figures(struct tb_buf *buf, struct http_server *server)
{
    struct http_stats stats;
    http_server_stats(server, &stats);
    figure(buf, "tongban_http_requests_total", "Requests whose head was accepted.", true,
           stats.requests);
    figure(buf, "tongban_http_refused_malformed_total",
           "Requests refused as malformed or too large.", true, stats.refused_malformed);
    figure(buf, "tongban_http_refused_busy_total", "Requests answered 503 because of load.", true,
           stats.refused_busy);
    figure(buf, "tongban_http_cut_slow_total", "Connections cut at a deadline.", true,
           stats.cut_slow);
    figure(buf, "tongban_http_connections", "Open connections.", false, stats.connections);
    figure(buf, "tongban_http_running", "Handlers running.", false, stats.running);
    figure(buf, "tongban_http_waiting", "Requests waiting for a worker.", false, stats.waiting);
    figure(buf, "tongban_http_handler_microseconds_total", "Time spent in handlers.", true,
           stats.handler_us);
    tb_buf_cstr(buf, "# HELP tongban_http_answers_total Answers by class of status.\n"
                     "# TYPE tongban_http_answers_total counter\n");
    for (int class = 2; class <= 5; class ++)
        tb_buf_printf(buf, "tongban_http_answers_total{class=\"%dxx\"} %lld\n", class,
                      (long long)stats.by_class[class]);
}

void
face__metrics(struct face *face, const struct http_request *request, struct http_response *response)
{
    struct tb_buf buf = {.arena = request->arena};
    const struct tb_env *env = face->options.env;
    struct http_server *server = face->server;
    if (server != NULL)
        http_figures(&buf, server);
    figure(&buf, "tongban_uptime_seconds", "Since the program began to serve.", false,
           (env->now_us(env->context) - face->opened_at) / TB_US_PER_SECOND);
    figure(&buf, "tongban_log_entries", "Latest entry of the log.", true,
           store_wait(face->options.store, INT64_MAX, 0));
    figure(&buf, "tongban_heap_bytes", "Memory in use from the heap.", false,
           (int64_t)mallinfo2().uordblks);
    for (const struct face_figure *f = face->options.figures; f != NULL && f->name != NULL; f++)
        figure(&buf, f->name, f->help, f->is_counter, f->read(f->context));
    response->type = TB_STR("text/plain; version=0.0.4; charset=utf-8");
    response->body = tb_buf_done(&buf);
}
