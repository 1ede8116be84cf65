/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request, checked once more.
 *
 * libmicrohttpd 0.9.75 accepts heads that another server in front may read differently: two
 * Content-Length lines, Content-Length with Transfer-Encoding, a blank before the colon, folded
 * lines, bare line feeds, NUL. It parses in place, so method, target, version, names and values
 * must lie in its buffer one behind the other with exactly the separators of RFC 9112 between them.
 * A gap is something it skipped or cut off: the request is refused. */
#include "http/http_internal.h"

#include <string.h>

struct walk {
    struct http__exchange *exchange;
    struct http_pair *pairs;
    size_t count;
    const char *expected; /* where the next header line must begin */
    int lengths, encodings, hosts;
    tb_str length, encoding;
    int status;
    const char *why;
};

static void
refuse(struct walk *walk, int status, const char *why)
{
    if (walk->status == 0) {
        walk->status = status;
        walk->why = why;
    }
}

static bool
value_is_good(tb_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static enum MHD_Result
header_visit(void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
             const char *value, size_t value_size)
{
    (void)kind;
    struct walk *walk = context;
    tb_str name = {key, key_size}, text = {value != NULL ? value : "", value_size};
    if (walk->count == HTTP_HEADERS_MAX) {
        refuse(walk, 431, "too many header lines");
        return MHD_NO;
    }
    if (key != walk->expected || value == NULL || value < key + key_size + 1)
        refuse(walk, 400, "a header line is folded, has a NUL, or does not end with CR LF");
    if (!http__is_token(name))
        refuse(walk, 400, "a header name has a character that names may not have");
    if (!value_is_good(text))
        refuse(walk, 400, "a header value has a control character");
    if (walk->status != 0)
        return MHD_NO;
    walk->expected = value + value_size + 2;
    text = tb_str_trim(text);
    if (http__same_name(name, "Content-Length")) {
        walk->lengths++;
        walk->length = text;
    } else if (http__same_name(name, "Transfer-Encoding")) {
        walk->encodings++;
        walk->encoding = text;
    } else if (http__same_name(name, "Host")) {
        walk->hosts++;
    }
    struct tb_arena *arena = walk->exchange->arena;
    walk->pairs[walk->count++] =
        (struct http_pair){tb_str_copy(arena, name), tb_str_copy(arena, text)};
    return MHD_YES;
}

/* Cookie: a=1; b=2. Pairs that are not name=value are left out: cookies of other programs on the
 * host are not ours. */
static void
cookies_read(struct http_request *request)
{
    tb_str header = http_header(request, "Cookie"), rest = header, piece;
    if (header.len == 0)
        return;
    size_t count = 0, most = 1;
    for (size_t i = 0; i < header.len; i++)
        most += header.ptr[i] == ';';
    struct http_pair *pairs = TB_NEW_ARRAY(request->arena, most, struct http_pair);
    while (count < most && tb_str_cut(&rest, ';', &piece)) {
        piece = tb_str_trim(piece);
        ptrdiff_t equals = tb_str_find(piece, TB_STR("="));
        if (equals > 0)
            pairs[count++] = (struct http_pair){tb_str_sub(piece, 0, (size_t)equals),
                                                tb_str_sub(piece, (size_t)equals + 1, piece.len)};
    }
    request->cookies = pairs;
    request->cookie_count = count;
}

/* The framing of the body: nothing, one plain length, or chunked alone. */
static void
framing_check(struct walk *walk, bool is_version_1_0, int64_t *ret_length)
{
    *ret_length = 0;
    if (walk->lengths > 1)
        refuse(walk, 400, "two Content-Length lines");
    if (walk->encodings > 0 && (walk->lengths > 0 || is_version_1_0 || walk->encodings > 1))
        refuse(walk, 400, "Transfer-Encoding together with Content-Length, twice, or in HTTP/1.0");
    if (walk->encodings == 1 && !http__same_name(walk->encoding, "chunked"))
        refuse(walk, 501, "the only transfer encoding is chunked");
    if (walk->encodings == 1)
        *ret_length = -1;
    if (walk->lengths == 1) {
        for (size_t i = 0; i < walk->length.len; i++) {
            if (walk->length.ptr[i] < '0' || walk->length.ptr[i] > '9')
                refuse(walk, 400, "Content-Length is not a number");
        }
        if (walk->length.len == 0)
            refuse(walk, 400, "Content-Length is not a number");
        else if (walk->length.len > 12 || !tb_str_to_int(walk->length, ret_length) ||
                 *ret_length > HTTP_BODY_BYTES_MAX)
            refuse(walk, 413, "the body is too large");
    }
    if (walk->hosts > 1 || (walk->hosts == 0 && !is_version_1_0))
        refuse(walk, 400, "exactly one Host line is needed");
}

static void
request_line_check(struct walk *walk, const char *method, const char *version)
{
    static const char *const methods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                          "PATCH", "DELETE", "OPTIONS"};
    struct http__exchange *exchange = walk->exchange;
    const char *at = exchange->target_at;
    if (at == NULL || at != method + strlen(method) + 1 ||
        version != at + exchange->request.target.len + 1 ||
        (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)) {
        refuse(walk, 400, "the request line is not METHOD target HTTP/1.1");
        return;
    }
    walk->expected = version + strlen(version) + 2;
    if (!http__is_token(tb_str_of(method))) {
        refuse(walk, 400, "the method has a character that methods may not have");
        return;
    }
    for (size_t i = 0; i < TB_COUNT(methods); i++) {
        if (strcmp(method, methods[i]) == 0)
            return;
    }
    refuse(walk, 501, "this method is not known");
}

int
http__head_check(struct http__exchange *exchange, const char *method, const char *version,
                 int64_t *ret_length, const char **ret_why)
{
    struct walk walk = {.exchange = exchange};
    *ret_length = 0;
    int given = MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, NULL, NULL);
    walk.pairs =
        TB_NEW_ARRAY(exchange->arena, (size_t)(given > 0 ? given : 0) + 1, struct http_pair);
    request_line_check(&walk, method, version);
    if (walk.status == 0)
        MHD_get_connection_values_n(exchange->mhd, MHD_HEADER_KIND, header_visit, &walk);
    exchange->request.headers = walk.pairs;
    exchange->request.header_count = walk.count;
    if (walk.status == 0) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(exchange->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
        if (info == NULL || walk.expected + 2 != method + info->header_size)
            refuse(&walk, 400, "the head has a NUL or does not end with CR LF CR LF");
    }
    if (walk.status == 0)
        framing_check(&walk, strcmp(version, "HTTP/1.0") == 0, ret_length);
    if (walk.status == 0)
        cookies_read(&exchange->request);
    exchange->request.method = tb_str_copy(exchange->arena, tb_str_of(method));
    exchange->is_head_method = strcmp(method, "HEAD") == 0;
    if (exchange->is_head_method)
        exchange->request.method = TB_STR("GET");
    *ret_why = walk.why;
    return walk.status;
}
