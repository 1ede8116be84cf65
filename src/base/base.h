/* SPDX-License-Identifier: Apache-2.0 */
/* base.h - memory by lifetime, text, exact decimals, dates, JSON, YAML, XML, errors. No word of the
 * trade in it.
 *
 * Nothing here does I/O, reads the clock, the locale or the environment. Objects live in an arena
 * and die with it; only the arena itself is owned by the caller. Four words say who owns what, here
 * and in every header:
 *   borrowed  - read during the call only
 *   kept      - the pointer is stored; the caller keeps it alive
 *   in arena  - lives until the arena is reset or freed
 *   owned     - passed on, once
 * Functions that can fail return tb_status and fill the caller's tb_err; on failure outputs are
 * untouched. */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/limits.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TB_NODISCARD __attribute__((warn_unused_result))
#define TB_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define TB_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- errors ---------------------------------------------------------------------------------- */

typedef enum {
#define TB_ERROR(name, code, http, exit, zh, en, remedy_zh, remedy_en) TB_##name,
#include "base/errors.def"
#undef TB_ERROR
    TB_STATUS_COUNT
} tb_status;

/* One row of errors.def. All members are static texts. */
struct tb_error_row {
    const char *code;
    int http;
    int exit;
    const char *zh, *en, *remedy_zh, *remedy_en;
};

/* The row of a status; never NULL. */
const struct tb_error_row *tb_error_row(tb_status status);

/* A failure, for operators: what, where, what would be accepted. Caller-owned; zeroed is "no
 * error". */
struct tb_err {
    tb_status status;
    char message[TB_ERR_MESSAGE_BYTES];
};

/* Fill *err (which may be NULL) and return status, so that a failing function can end in `return
 * tb_fail(…)`. */
tb_status tb_fail(struct tb_err *err, tb_status status, const char *format, ...) TB_PRINTF(3, 4);

/* Return from the enclosing function when the expression is not TB_OK. Use where nothing needs
 * releasing. */
#define TB_TRY(expression)                                                                         \
    do {                                                                                           \
        tb_status tb_try_status = (expression);                                                    \
        if (tb_try_status != TB_OK)                                                                \
            return tb_try_status;                                                                  \
    } while (0)

/* A bug, not a failure: prints place and condition to standard error and aborts. Always on. */
#define tb_assert(condition)                                                                       \
    ((condition) ? (void)0 : tb_assert_failed(#condition, __FILE__, __LINE__))
_Noreturn void tb_assert_failed(const char *condition, const char *file, int line);

/* ---- arenas ---------------------------------------------------------------------------------- */

/* A growing region. Allocation never returns NULL: when memory itself is gone the process aborts
 * (nothing unacknowledged was promised). bytes_max is a soft limit: allocation goes on past it, and
 * whoever loops over a person's input asks tb_arena_is_over() and returns TB_LIMIT. */
struct tb_arena;
struct tb_arena *tb_arena_new(size_t bytes_max);     /* owned; bytes_max 0 = no limit */
void tb_arena_free(struct tb_arena *arena);          /* NULL is fine */
void tb_arena_reset(struct tb_arena *arena);         /* forgets everything, keeps one block */
size_t tb_arena_bytes(const struct tb_arena *arena); /* bytes handed out since the last reset */
bool tb_arena_is_over(const struct tb_arena *arena); /* handed out more than bytes_max */
void *tb_alloc(struct tb_arena *arena, size_t size); /* in arena, zeroed, aligned to 16 */
/* the same; aborts on overflow */
void *tb_alloc_array(struct tb_arena *arena, size_t count, size_t size);
#define TB_NEW(arena, type) ((type *)tb_alloc((arena), sizeof(type)))
#define TB_NEW_ARRAY(arena, count, type) ((type *)tb_alloc_array((arena), (count), sizeof(type)))

/* ---- text ------------------------------------------------------------------------------------ */

/* A run of bytes, not NUL-terminated, usually UTF-8. Passed by value, borrowed unless a function
 * says otherwise. {NULL, 0} is "absent"; an empty text has a non-NULL ptr. */
typedef struct {
    const char *ptr;
    size_t len;
} tb_str;

#define TB_STR(literal) ((tb_str){(literal), sizeof(literal) - 1})
#define TB_STR_NONE ((tb_str){NULL, 0})
#define TB_FMT "%.*s" /* printf a tb_str: printf(TB_FMT, TB_ARG(s)) */
#define TB_ARG(s) (int)(s).len, (s).ptr != NULL ? (s).ptr : ""

tb_str tb_str_of(const char *zero_terminated); /* NULL gives TB_STR_NONE */
bool tb_str_eq(tb_str a, tb_str b);            /* absent equals empty */
bool tb_str_is(tb_str a, const char *zero_terminated);
int tb_str_cmp(tb_str a, tb_str b); /* by bytes, which is by code point */
bool tb_str_starts(tb_str text, tb_str prefix);
bool tb_str_ends(tb_str text, tb_str suffix);
bool tb_str_contains(tb_str text, tb_str part);
ptrdiff_t tb_str_find(tb_str text, tb_str part);         /* byte offset or -1 */
tb_str tb_str_sub(tb_str text, size_t from, size_t len); /* clipped to the text */
tb_str tb_str_trim(tb_str text);                         /* ASCII blanks and U+3000 at both ends */
bool tb_str_cut(tb_str *rest, char separator, tb_str *ret_head); /* false when rest is used up */
tb_str tb_str_copy(struct tb_arena *arena, tb_str text); /* in arena; NUL-terminated behind len */
char *tb_cstr(struct tb_arena *arena, tb_str text);      /* in arena, NUL-terminated */
tb_str tb_str_lower_ascii(struct tb_arena *arena, tb_str text);
tb_str tb_printf(struct tb_arena *arena, const char *format, ...) TB_PRINTF(2, 3); /* in arena */
/* all of the text, optional '-', decimal digits */
bool tb_str_to_int(tb_str text, int64_t *ret_value);
uint64_t tb_hash(tb_str text); /* for tables in memory; FNV-1a, not keyed */

/* UTF-8. tb_utf8_next decodes one code point and moves *at behind it; at an ill-formed place it
 * returns -1 and moves one byte. */
int32_t tb_utf8_next(tb_str text, size_t *at);
size_t tb_utf8_put(int32_t code_point, char out[4]); /* bytes written; 0 when not a scalar value */
bool tb_utf8_is_valid(tb_str text);
size_t tb_utf8_length(tb_str text); /* code points; ill-formed bytes count one each */
/* Text that a person may send: well-formed, no NUL, no control but tab and line ends, no bidi
 * override, no private use, no noncharacter (DESIGN 8). False names the first bad code point. */
bool tb_text_is_clean(tb_str text, int32_t *ret_code_point);
/* in arena; normal form C of well-formed text */
tb_str tb_text_nfc(struct tb_arena *arena, tb_str text);
/* The twin that searched columns carry: NFKC, full width to half, ASCII lower case, brackets
 * unified, 〇 and ○ to 零, blanks removed. Simplified and traditional stay apart. */
tb_str tb_text_fold(struct tb_arena *arena, tb_str text);

/* ---- buffers --------------------------------------------------------------------------------- */

/* Bytes that grow in an arena. Zero-initialise with .arena set. */
struct tb_buf {
    struct tb_arena *arena;
    char *ptr;
    size_t len, cap;
};
void tb_buf_put(struct tb_buf *buf, const void *bytes, size_t len);
void tb_buf_str(struct tb_buf *buf, tb_str text);
void tb_buf_cstr(struct tb_buf *buf, const char *text);
void tb_buf_char(struct tb_buf *buf, char c);
void tb_buf_printf(struct tb_buf *buf, const char *format, ...) TB_PRINTF(2, 3);
void tb_buf_int(struct tb_buf *buf, int64_t value);
/* NUL-terminated behind len; the buffer may go on growing */
tb_str tb_buf_done(struct tb_buf *buf);

tb_str tb_hex(struct tb_arena *arena, const void *bytes, size_t len); /* lower case */
bool tb_unhex(tb_str text, uint8_t *ret_bytes, size_t len);           /* exactly 2 × len digits */
tb_str tb_base64(struct tb_arena *arena, const void *bytes, size_t len); /* RFC 4648, padded */
/* RFC 4648 §5, not padded */
tb_str tb_base64url(struct tb_arena *arena, const void *bytes, size_t len);
/* either alphabet, padded or not */
bool tb_unbase64(struct tb_arena *arena, tb_str text, tb_str *ret_bytes);

/* ---- the outside world, as an argument ------------------------------------------------------- */

/* Time and randomness come in through this, so that every run can be replayed. */
struct tb_env {
    int64_t (*now_us)(void *context); /* µs since 1970-01-01T00:00:00Z; must */
    void (*random)(void *context, void *ret_bytes, size_t len); /* cryptographic; must */
    void *context;
};

/* ---- days and instants ----------------------------------------------------------------------- */

/* A day of the proleptic Gregorian calendar. year -999,999,999 to 999,999,999; a valid date is
 * always in range. */
typedef struct {
    int32_t year;
    int8_t month, day;
} tb_date;

#define TB_US_PER_SECOND INT64_C(1000000)
#define TB_US_PER_DAY (INT64_C(86400) * TB_US_PER_SECOND)
/* The law's day is Asia/Shanghai, UTC+8 without summer time since 1992. */
#define TB_CHINA_OFFSET_SECONDS 28800

/* A sum beyond the range gives {0}, which is not valid; a parser that answers false leaves its
 * output untouched. */
bool tb_date_is_valid(tb_date date);
int64_t tb_date_to_days(tb_date date); /* days since 1970-01-01 */
tb_date tb_date_from_days(int64_t days);
int tb_date_weekday(tb_date date); /* 1 = Monday … 7 = Sunday (ISO 8601) */
int tb_date_cmp(tb_date a, tb_date b);
tb_date tb_date_add_days(tb_date date, int64_t days);
/* same day number or the month's last day */
tb_date tb_date_add_months(tb_date date, int64_t months);
int tb_month_days(int32_t year, int month);
bool tb_date_parse(tb_str text, tb_date *ret_date); /* exactly YYYY-MM-DD, a day that exists */
tb_str tb_date_format(struct tb_arena *arena, tb_date date);
tb_date tb_instant_day(int64_t instant_us); /* the day in China of an instant */
int64_t tb_day_start(tb_date date);         /* 00:00 in China, as an instant */
/* RFC 3339 with +08:00, seconds */
tb_str tb_instant_format(struct tb_arena *arena, int64_t instant_us);
/* RFC 3339; without offset: China time */
bool tb_instant_parse(tb_str text, int64_t *ret_instant_us);

/* ---- exact decimals -------------------------------------------------------------------------- */

/* A number of FEEL and of JSON: 34 decimal digits, exponent -6176 to 6111 (IEEE 754 decimal128, no
 * infinities, no NaN). Small numbers are coef × 10^-scale in an int64, the rest a BID128; nobody
 * outside sees which. */
typedef struct {
    union {
        int64_t coef;
        uint64_t bid[2];
    } u;
    int16_t scale; /* of coef; 0 to 18 */
    bool is_wide;  /* u.bid holds the number */
} tb_dec;

typedef enum {
    TB_ROUND_HALF_EVEN,
    TB_ROUND_HALF_UP,
    TB_ROUND_HALF_DOWN,
    TB_ROUND_UP,
    TB_ROUND_DOWN,
    TB_ROUND_FLOOR,
    TB_ROUND_CEILING
} tb_rounding;

/* Values in, values out; nothing is allocated but by tb_dec_format. */
tb_dec tb_dec_of(int64_t value);
bool tb_dec_parse(tb_str text, tb_dec *ret_dec); /* JSON and FEEL number syntax, all of the text */
/* plain digits, no exponent, scale kept: 1.10 stays 1.10 */
tb_str tb_dec_format(struct tb_arena *arena, tb_dec d);
bool tb_dec_to_int(tb_dec d, int64_t *ret_value); /* true when integral and in range */
double tb_dec_to_double(tb_dec d);                /* for drawing only */
int tb_dec_cmp(tb_dec a, tb_dec b);               /* 1.0 equals 1.00 */
int tb_dec_sign(tb_dec d);
tb_dec tb_dec_neg(tb_dec d);
tb_dec tb_dec_abs(tb_dec d);
uint64_t tb_dec_hash(tb_dec d); /* equal numbers hash alike */
/* False where there is no number to give: division by zero, overflow, log of a non-positive number.
 * Correctly rounded, half even, but for exp, log and powers that are no integers: these may err by
 * one in the 34th digit. */
bool tb_dec_add(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb_dec_sub(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb_dec_mul(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb_dec_div(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb_dec_modulo(tb_dec a, tb_dec b, tb_dec *ret_dec); /* floored: the sign of b */
bool tb_dec_pow(tb_dec a, tb_dec b, tb_dec *ret_dec);
bool tb_dec_sqrt(tb_dec d, tb_dec *ret_dec);
bool tb_dec_exp(tb_dec d, tb_dec *ret_dec);
bool tb_dec_log(tb_dec d, tb_dec *ret_dec);
/* scale -6111 to 6176 */
bool tb_dec_round(tb_dec d, int32_t scale, tb_rounding mode, tb_dec *ret_dec);

/* ---- faults: everything wrong with an input, all at once ------------------------------------- */

/* One fault of an input. place is a JSON pointer, a field name or file:line:column. code is a
 * stable word. */
struct tb_fault {
    tb_str place, code, zh, en;
};

/* A growing list in arena. Zero-initialise with .arena set. At most TB_FAULTS_MAX are kept; count
 * goes on. */
struct tb_faults {
    struct tb_arena *arena;
    struct tb_fault *items;
    size_t count, cap;
};
/* all copied */
void tb_fault_add(struct tb_faults *faults, tb_str place, const char *code, tb_str zh, tb_str en);

/* ---- JSON ------------------------------------------------------------------------------------ */

typedef enum {
    TB_JSON_NULL,
    TB_JSON_FALSE,
    TB_JSON_TRUE,
    TB_JSON_NUMBER,
    TB_JSON_TEXT,
    TB_JSON_LIST,
    TB_JSON_OBJECT
} tb_json_kind;

/* A JSON value (RFC 8259), in an arena. Numbers keep the text as it was written, so 1.10 stays
 * 1.10. Children are a linked list in the order written; objects have no two equal keys. Also what
 * YAML is read into. */
struct tb_json {
    tb_json_kind kind;
    int32_t line;                 /* where it began, from 1; 0 when made by the program */
    tb_str text;                  /* TEXT: the text; NUMBER: the digits as written */
    tb_str key;                   /* when a member of an object */
    struct tb_json *next;         /* the next sibling */
    struct tb_json *first, *last; /* children of LIST and OBJECT */
    uint32_t count;               /* of children */
};

/* Reads all of text. Refuses duplicate keys, NUL, lone surrogates, ill-formed UTF-8, trailing
 * bytes: TB_SYNTAX with line and column; too deep or long: TB_LIMIT. Texts in the tree point into
 * text where they can: text is kept. */
TB_NODISCARD tb_status tb_json_parse(struct tb_arena *arena, tb_str text, struct tb_json **ret_json,
                                     struct tb_err *err);
void tb_json_write(struct tb_buf *buf, const struct tb_json *json); /* compact */
/* two blanks a level, final newline */
void tb_json_write_pretty(struct tb_buf *buf, const struct tb_json *json);
void tb_json_write_text(struct tb_buf *buf, tb_str text); /* quoted and escaped */

/* Reading. All accept NULL and give the neutral answer, so that a path can be walked without
 * checks. */
/* NULL when absent */
const struct tb_json *tb_json_get(const struct tb_json *object, const char *key);
const struct tb_json *tb_json_find(const struct tb_json *object, tb_str key);
/* "clock.due" */
const struct tb_json *tb_json_path(const struct tb_json *object, const char *dotted);
const struct tb_json *tb_json_at(const struct tb_json *list, size_t index);
tb_str tb_json_text(const struct tb_json *json); /* of TEXT and NUMBER; else TB_STR_NONE */
tb_str tb_json_get_text(const struct tb_json *object, const char *key);
bool tb_json_to_int(const struct tb_json *json, int64_t *ret_value); /* a NUMBER that is integral */
int64_t tb_json_get_int(const struct tb_json *object, const char *key, int64_t otherwise);
bool tb_json_is_true(const struct tb_json *json);
bool tb_json_is_null(const struct tb_json *json); /* NULL or null */
#define TB_JSON_EACH(child, parent)                                                                \
    for (const struct tb_json *child = (parent) != NULL ? (parent)->first : NULL; child != NULL;   \
         child = child->next)

/* Making. Texts are kept, not copied. The add functions append and return the child; a NULL child
 * adds null. */
struct tb_json *tb_json_new(struct tb_arena *arena, tb_json_kind kind);
struct tb_json *tb_json_new_text(struct tb_arena *arena, tb_str text); /* absent text gives null */
struct tb_json *tb_json_new_int(struct tb_arena *arena, int64_t value);
struct tb_json *tb_json_new_dec(struct tb_arena *arena, tb_dec value);
struct tb_json *tb_json_new_bool(struct tb_arena *arena, bool value);
/* deep, texts too */
struct tb_json *tb_json_copy(struct tb_arena *arena, const struct tb_json *json);
struct tb_json *tb_json_add(struct tb_json *list, struct tb_json *child);
/* kept key; must be new */
struct tb_json *tb_json_set(struct tb_json *object, const char *key, struct tb_json *child);
struct tb_json *tb_json_set_object(struct tb_arena *arena, struct tb_json *object, const char *key);
struct tb_json *tb_json_set_list(struct tb_arena *arena, struct tb_json *object, const char *key);
void tb_json_set_text(struct tb_arena *arena, struct tb_json *object, const char *key, tb_str text);
void tb_json_set_int(struct tb_arena *arena, struct tb_json *object, const char *key,
                     int64_t value);
void tb_json_set_bool(struct tb_arena *arena, struct tb_json *object, const char *key, bool value);

/* ---- YAML and XML, read strictly ------------------------------------------------------------- */

/* One YAML document into the JSON tree, with lines; a file without one gives null. Aliases,
 * anchors, tags and duplicate keys are refused. Plain scalars follow the JSON core: null/~/empty,
 * true, false, numbers; everything else is text. file is for messages. */
TB_NODISCARD tb_status tb_yaml_parse(struct tb_arena *arena, tb_str file, tb_str text,
                                     struct tb_json **ret_json, struct tb_err *err);

/* An XML element. Text is the concatenated character data directly inside it. No DTD, no entities
 * but the five, no network, no processing instructions kept. */
struct tb_xml_attr {
    tb_str ns, name, value;
};
struct tb_xml {
    tb_str ns, name, text;
    const struct tb_xml_attr *attrs;
    size_t attr_count;
    struct tb_xml *first, *last, *next, *parent;
    int32_t line;
};
TB_NODISCARD tb_status tb_xml_parse(struct tb_arena *arena, tb_str file, tb_str text,
                                    struct tb_xml **ret_root, struct tb_err *err);
/* without namespace; absent: TB_STR_NONE */
tb_str tb_xml_attr(const struct tb_xml *element, const char *name);
tb_str tb_xml_attr_ns(const struct tb_xml *element, const char *ns, const char *name);
/* first of that local name */
const struct tb_xml *tb_xml_child(const struct tb_xml *element, const char *name);
#define TB_XML_EACH(child, parent)                                                                 \
    for (const struct tb_xml *child = (parent)->first; child != NULL; child = child->next)

/* ---- SHA-256 --------------------------------------------------------------------------------- */

/* The digest of len bytes (borrowed). */
struct tb_sha256 {
    uint8_t bytes[32];
};
/* By value: 32 bytes. */
struct tb_sha256 tb_sha256(const void *bytes, size_t len);

#endif
