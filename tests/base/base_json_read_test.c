/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader against vectors, and against jansson on many damaged texts. */
#include "base/base.h"
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tb_arena *arena;

static int
open_arena(void **state)
{
    arena = tb_arena_new(0);
    return 0;
}

static int
close_arena(void **state)
{
    tb_arena_free(arena);
    return 0;
}

/* ---- vectors
 * -----------------------------------------------------------------------------------------------------
 * / */

struct vector {
    bool is_good;
    tb_str name, text;
};

static tb_str
percent_decode(tb_str text)
{
    struct tb_buf buf = {.arena = arena};
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.ptr[i];
        if (byte == '%' && tb_unhex(tb_str_sub(text, i + 1, 2), &byte, 1))
            i += 2;
        tb_buf_char(&buf, (char)byte);
    }
    return tb_buf_done(&buf);
}

static tb_str
read_whole(const char *name)
{
    char path[4096], part[4096];
    snprintf(path, sizeof path, "%s/tests/base/%s", getenv("TB_SOURCE"), name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    struct tb_buf buf = {.arena = arena};
    for (size_t got; (got = fread(part, 1, sizeof part, file)) > 0;)
        tb_buf_put(&buf, part, got);
    fclose(file);
    return tb_buf_done(&buf);
}

static struct vector *
read_vectors(size_t *ret_count)
{
    tb_str rest = read_whole("json_vectors.txt"), line, kind;
    struct vector *vectors = TB_NEW_ARRAY(arena, 1000, struct vector);
    size_t count = 0;
    while (tb_str_cut(&rest, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        struct vector *vector = &vectors[count++];
        assert_true(count < 1000);
        assert_true(tb_str_cut(&line, '\t', &kind) && tb_str_cut(&line, '\t', &vector->name));
        vector->is_good = tb_str_is(kind, "y");
        vector->text = percent_decode(line);
    }
    *ret_count = count;
    return vectors;
}

static void
every_vector_is_accepted_or_refused_as_it_says(void **state)
{
    size_t count;
    struct vector *vectors = read_vectors(&count);
    assert_true(count > 200);
    for (size_t i = 0; i < count; i++) {
        struct tb_json *json = NULL;
        struct tb_err err = {0};
        tb_status status = tb_json_parse(arena, vectors[i].text, &json, &err);
        if ((status == TB_OK) != vectors[i].is_good)
            fail_msg(TB_FMT ": %s", TB_ARG(vectors[i].name),
                     status == TB_OK ? "was accepted" : err.message);
        if (status == TB_OK)
            continue;
        assert_int_equal(status, TB_SYNTAX);
        assert_null(json);
        assert_true(strncmp(err.message, "JSON line ", 10) == 0);
    }
}

/* ---- jansson
 * -----------------------------------------------------------------------------------------------------
 * / */

/* Where jansson gives up for reasons of its own: numbers that do not fit its C types, depth beyond
 * its limit. Its stream reader skips a NUL between values, which no reading of RFC 8259 allows:
 * such texts are left out. */
static bool
is_janssons_limit(const json_error_t *error)
{
    enum json_error_code code = json_error_code(error);
    return code == json_error_numeric_overflow || code == json_error_stack_overflow;
}

static void
compare_with_jansson(tb_str text)
{
    struct tb_json *ours;
    struct tb_err err = {0};
    json_error_t error;
    if (text.len > 0 && memchr(text.ptr, '\0', text.len) != NULL)
        return;
    tb_status status = tb_json_parse(arena, text, &ours, &err);
    json_t *theirs = json_loadb(text.len > 0 ? text.ptr : "", text.len,
                                JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (theirs == NULL && is_janssons_limit(&error))
        return;
    if ((theirs != NULL) != (status == TB_OK) && status != TB_LIMIT)
        fail_msg("'" TB_FMT "' ours: %s, jansson: %s", TB_ARG(text),
                 status == TB_OK ? "accepted" : err.message,
                 theirs != NULL ? "accepted" : error.text);
    if (theirs != NULL && status == TB_OK) {
        struct tb_buf buf = {.arena = arena};
        tb_json_write(&buf, ours);
        tb_str written = tb_buf_done(&buf);
        json_t *again =
            json_loadb(written.ptr, written.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
        assert_non_null(again);
        if (!json_equal(theirs, again))
            fail_msg("'" TB_FMT "' was written as '" TB_FMT "'", TB_ARG(text), TB_ARG(written));
        json_decref(again);
    }
    json_decref(theirs);
}

static uint64_t seed = 0x9E3779B97F4A7C15;

static uint64_t
next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

/* Change, remove, double or splice some bytes. */
static tb_str
damage(tb_str text, tb_str other)
{
    static const char spice[] = "{}[]\",:\\u0123456789eE+-. \n\ttrufalsn\x80\xE4\xC3\x01";
    struct tb_buf buf = {.arena = arena};
    tb_buf_str(&buf, text);
    for (uint64_t i = 0, n = 1 + next_random() % 3; i < n && buf.len > 0; i++) {
        size_t at = next_random() % buf.len, len = 1 + next_random() % 4;
        if (len > buf.len - at)
            len = buf.len - at;
        tb_str tail = tb_str_copy(arena, (tb_str){buf.ptr + at, buf.len - at});
        switch (next_random() % 4) {
        case 0:
            buf.ptr[at] = spice[next_random() % (sizeof spice - 1)];
            break;
        case 1:
            buf.len = at;
            tb_buf_str(&buf, tb_str_sub(tail, len, tail.len));
            break;
        case 2:
            tb_buf_str(&buf, tb_str_sub(tail, 0, len));
            break;
        default:
            buf.len = at;
            tb_buf_str(&buf, tb_str_sub(other, next_random() % (other.len + 1), 8));
            tb_buf_str(&buf, tail);
            break;
        }
    }
    return tb_buf_done(&buf);
}

static void
jansson_agrees_on_damaged_texts(void **state)
{
    size_t count;
    struct vector *vectors = read_vectors(&count);
    for (size_t i = 0; i < count; i++)
        compare_with_jansson(vectors[i].text);
    struct tb_arena *kept = arena;
    arena = tb_arena_new(0);
    for (int round = 0; round < 400; round++) {
        for (size_t i = 0; i < count; i++)
            compare_with_jansson(damage(vectors[i].text, vectors[next_random() % count].text));
        tb_arena_reset(arena);
    }
    tb_arena_free(arena);
    arena = kept;
}

/* ---- limits and places ----------------------------------------------------------------------- */

static void
faults_name_line_and_column(void **state)
{
    static const char *const rows[][2] = {
        {"{\n  \"通办\": x}", "JSON line 2, column 9: expected a value: text, number, object, "
                              "list, true, false or null"},
        {"{\"a\":1,\n\"b\":2,\n\"a\":3}",
         "JSON line 3, column 1: this key stands in the object already"},
        {"[1,\n2", "JSON line 1, column 1: this bracket is not closed"},
        {"[1]\n]", "JSON line 2, column 1: nothing may follow the value"},
    };
    for (size_t i = 0; i < TB_COUNT(rows); i++) {
        struct tb_json *json;
        struct tb_err err;
        assert_int_equal(tb_json_parse(arena, tb_str_of(rows[i][0]), &json, &err), TB_SYNTAX);
        assert_string_equal(err.message, rows[i][1]);
    }
    struct tb_json *json;
    assert_int_equal(tb_json_parse(arena, TB_STR("{\n\"a\":\n[\n1]}"), &json, NULL), TB_OK);
    assert_int_equal(tb_json_at(tb_json_get(json, "a"), 0)->line, 4);
}

static void
depth_size_and_count_are_limited(void **state)
{
    struct tb_json *json;
    struct tb_err err;
    struct tb_arena *own = tb_arena_new(0);
    size_t len = 100000;
    char *deep = tb_alloc(own, len);
    memset(deep, '[', len);
    assert_int_equal(tb_json_parse(own, (tb_str){deep, len}, &json, &err), TB_LIMIT);
    memset(deep + TB_JSON_DEPTH_MAX, ']', TB_JSON_DEPTH_MAX);
    assert_int_equal(tb_json_parse(own, (tb_str){deep, 2 * TB_JSON_DEPTH_MAX}, &json, &err), TB_OK);
    size_t over = TB_JSON_BYTES_MAX + 1;
    char *big = tb_alloc(own, over);
    memset(big, ' ', over);
    assert_int_equal(tb_json_parse(own, (tb_str){big, over}, &json, &err), TB_LIMIT);
    for (size_t i = 0; i + 2 < over - 1; i += 2) {
        big[i] = i == 0 ? '[' : ',';
        big[i + 1] = '0';
    }
    assert_int_equal(tb_json_parse(own, (tb_str){big, over - 1}, &json, &err), TB_LIMIT);
    struct tb_arena *small = tb_arena_new(10000);
    assert_int_equal(tb_json_parse(small, (tb_str){big, 20000}, &json, &err), TB_LIMIT);
    tb_arena_free(small);
    tb_arena_free(own);
}

static void
many_keys_cost_n_log_n(void **state)
{
    struct tb_arena *own = tb_arena_new(0);
    struct tb_buf buf = {.arena = own};
    tb_buf_char(&buf, '{');
    for (int i = 0; i < 200000; i++)
        tb_buf_printf(&buf, "\"k%d\":%d,", i, i);
    size_t len = buf.len;
    tb_buf_cstr(&buf, "\"k0\":0}");
    struct tb_json *json;
    struct tb_err err;
    assert_int_equal(tb_json_parse(own, tb_buf_done(&buf), &json, &err), TB_SYNTAX);
    assert_non_null(strstr(err.message, "stands in the object already"));
    buf.len = len;
    tb_buf_cstr(&buf, "\"l\":0}");
    assert_int_equal(tb_json_parse(own, tb_buf_done(&buf), &json, &err), TB_OK);
    assert_int_equal(json->count, 200001);
    tb_arena_free(own);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_accepted_or_refused_as_it_says),
        cmocka_unit_test(jansson_agrees_on_damaged_texts),
        cmocka_unit_test(faults_name_line_and_column),
        cmocka_unit_test(depth_size_and_count_are_limited),
        cmocka_unit_test(many_keys_cost_n_log_n),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
