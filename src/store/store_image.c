/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of states, and former states as bytes. Integers are big-endian; texts carry their length in four bytes.
 *
 *   digest input   len table · id 8 · for each non-null column in byte order of the names: len name · tag · value
 *     value        'i' 8 bytes · 't' len text · 'b' len bytes · 'c' 32 bytes: the commitment of a personal value
 *   commitment     SHA-256(salt 16 · len name · tag · value)
 *   image          1 · salt length (0 or 16) · salt · the columns as above, personal ones with tag 'I' 'T' 'B' and
 *                  their value, or after an erasure with tag 'C' and the commitment that was kept */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "store/store_internal.h"

#include <openssl/sha.h>
#include <string.h>

#define IMAGE_VERSION 1

static void
put_u32(struct tb_buf *buf, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                        (uint8_t)value};
    tb_buf_put(buf, bytes, sizeof bytes);
}

static void
put_i64(struct tb_buf *buf, int64_t value)
{
    uint64_t order = __builtin_bswap64((uint64_t)value);
    tb_buf_put(buf, &order, sizeof order);
}

static void
put_text(struct tb_buf *buf, tb_str text)
{
    put_u32(buf, (uint32_t)text.len);
    tb_buf_put(buf, text.ptr, text.len);
}

static char
tag_of(store__kind kind)
{
    static const char tags[] = {[STORE__NULL] = '0',
                                [STORE__INT] = 'i',
                                [STORE__TEXT] = 't',
                                [STORE__BYTES] = 'b',
                                [STORE__COMMIT] = 'c'};
    return tags[kind];
}

static void
put_value(struct tb_buf *buf, char tag, const struct store__value *value)
{
    tb_buf_char(buf, tag);
    if (value->kind == STORE__INT)
        put_i64(buf, value->number);
    else if (value->kind == STORE__COMMIT)
        tb_buf_put(buf, value->text.ptr, value->text.len);
    else
        put_text(buf, value->text);
}

/* Hashes what stands in the buffer behind start and cuts it off again. */
static struct tb_sha256
hash_tail(struct tb_buf *buf, size_t start)
{
    struct tb_sha256 hash;
    SHA256_CTX sha;
    SHA256_Init(&sha);
    SHA256_Update(&sha, buf->ptr + start, buf->len - start);
    SHA256_Final(hash.bytes, &sha);
    buf->len = start;
    return hash;
}

static struct tb_sha256
commitment(struct tb_buf *scratch, const uint8_t *salt, tb_str name,
           const struct store__value *value)
{
    size_t start = scratch->len;
    tb_buf_put(scratch, salt, STORE__SALT_BYTES);
    put_text(scratch, name);
    put_value(scratch, tag_of(value->kind), value);
    return hash_tail(scratch, start);
}

static void
put_digest_column(struct tb_buf *buf, tb_str name, const struct store__value *value,
                  bool is_personal, const uint8_t *salt)
{
    if (!is_personal) {
        put_text(buf, name);
        put_value(buf, tag_of(value->kind), value);
        return;
    }
    struct tb_sha256 hash = commitment(buf, salt, name, value);
    put_text(buf, name);
    tb_buf_char(buf, 'c');
    tb_buf_put(buf, hash.bytes, sizeof hash.bytes);
}

struct tb_sha256
store__digest(struct tb_buf *scratch, const struct store__table *table, int64_t id,
              const struct store__value *values, const uint8_t *salt)
{
    /* A personal value without a salt can only come from outside; any salt makes a digest that fits no entry. */
    static const uint8_t no_salt[STORE__SALT_BYTES];
    scratch->len = 0;
    put_text(scratch, table->name);
    put_i64(scratch, id);
    for (int i = 0; i < table->count && values != NULL; i++) {
        int at = table->sorted[i];
        const struct store__column *column = &table->columns[at];
        if (values[at].kind == STORE__NULL)
            continue;
        put_digest_column(scratch, tb_str_of(column->row->name), &values[at], column->is_personal,
                          salt != NULL ? salt : no_salt);
    }
    return hash_tail(scratch, 0);
}

/* ---- images ------------------------------------------------------------------------------------------------------ */

tb_str
store__image(struct tb_buf *buf, const struct store__table *table,
             const struct store__value *values, const uint8_t *salt)
{
    buf->len = 0;
    tb_buf_char(buf, IMAGE_VERSION);
    tb_buf_char(buf, salt != NULL ? STORE__SALT_BYTES : 0);
    if (salt != NULL)
        tb_buf_put(buf, salt, STORE__SALT_BYTES);
    for (int i = 0; i < table->count; i++) {
        int at = table->sorted[i];
        const struct store__column *column = &table->columns[at];
        if (values[at].kind == STORE__NULL)
            continue;
        char tag = tag_of(values[at].kind);
        put_text(buf, tb_str_of(column->row->name));
        put_value(buf, column->is_personal ? (char)(tag - 'a' + 'A') : tag, &values[at]);
    }
    return (tb_str){buf->ptr, buf->len};
}

/* Cuts len bytes off the front. */
static bool
take(tb_str *rest, size_t len, tb_str *ret_bytes)
{
    if (rest->len < len)
        return false;
    *ret_bytes = (tb_str){rest->ptr, len};
    *rest = (tb_str){rest->ptr + len, rest->len - len};
    return true;
}

static bool
take_text(tb_str *rest, tb_str *ret_text)
{
    tb_str bytes;
    if (!take(rest, 4, &bytes))
        return false;
    const uint8_t *b = (const uint8_t *)bytes.ptr;
    return take(rest, (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3], ret_text);
}

bool
store__image_open(tb_str bytes, struct store__image *ret_image)
{
    tb_str head, salt;
    if (!take(&bytes, 2, &head) || head.ptr[0] != IMAGE_VERSION ||
        (head.ptr[1] != 0 && head.ptr[1] != STORE__SALT_BYTES) ||
        !take(&bytes, (size_t)head.ptr[1], &salt))
        return false;
    *ret_image = (struct store__image){bytes, head.ptr[1] != 0 ? (const uint8_t *)salt.ptr : NULL};
    return true;
}

static bool
take_value(tb_str *rest, char tag, struct store__value *ret_value)
{
    tb_str bytes;
    *ret_value = (struct store__value){0};
    switch (tag) {
    case 'i':
        if (!take(rest, 8, &bytes))
            return false;
        uint64_t order;
        memcpy(&order, bytes.ptr, sizeof order);
        *ret_value =
            (struct store__value){.kind = STORE__INT, .number = (int64_t)__builtin_bswap64(order)};
        return true;
    case 't':
    case 'b':
        ret_value->kind = tag == 't' ? STORE__TEXT : STORE__BYTES;
        return take_text(rest, &ret_value->text);
    case 'c':
        ret_value->kind = STORE__COMMIT;
        return take(rest, 32, &ret_value->text);
    default:
        return false;
    }
}

bool
store__image_next(struct store__image *image, struct store__image_column *ret_column)
{
    tb_str tag;
    if (!take_text(&image->rest, &ret_column->name) || !take(&image->rest, 1, &tag))
        return false;
    ret_column->is_personal = tag.ptr[0] >= 'A' && tag.ptr[0] <= 'Z';
    ret_column->is_erased = tag.ptr[0] == 'C';
    char lower = ret_column->is_personal ? (char)(tag.ptr[0] - 'A' + 'a') : tag.ptr[0];
    return take_value(&image->rest, lower, &ret_column->value);
}

bool
store__image_digest(struct tb_buf *scratch, tb_str table, int64_t id, tb_str bytes,
                    struct tb_sha256 *ret_digest, bool *ret_is_erased)
{
    struct store__image image;
    struct store__image_column column;
    *ret_is_erased = false;
    if (!store__image_open(bytes, &image))
        return false;
    scratch->len = 0;
    put_text(scratch, table);
    put_i64(scratch, id);
    while (image.rest.len > 0) {
        if (!store__image_next(&image, &column) ||
            (column.is_personal && !column.is_erased && image.salt == NULL))
            return false;
        *ret_is_erased |= column.is_erased;
        put_digest_column(scratch, column.name, &column.value,
                          column.is_personal && !column.is_erased, image.salt);
    }
    *ret_digest = hash_tail(scratch, 0);
    return true;
}

bool
store__image_erase(struct tb_buf *buf, tb_str bytes, tb_str *ret_bytes)
{
    struct store__image image;
    struct store__image_column column;
    if (!store__image_open(bytes, &image))
        return false;
    buf->len = 0;
    tb_buf_char(buf, IMAGE_VERSION);
    tb_buf_char(buf, 0);
    while (image.rest.len > 0) {
        if (!store__image_next(&image, &column))
            return false;
        bool is_open = column.is_personal && !column.is_erased;
        if (is_open && image.salt == NULL)
            return false;
        if (is_open) {
            struct tb_sha256 hash = commitment(buf, image.salt, column.name, &column.value);
            put_text(buf, column.name);
            tb_buf_char(buf, 'C');
            tb_buf_put(buf, hash.bytes, sizeof hash.bytes);
            continue;
        }
        char tag = tag_of(column.value.kind);
        put_text(buf, column.name);
        put_value(buf, column.is_erased ? 'C' : tag, &column.value);
    }
    *ret_bytes = (tb_str){buf->ptr, buf->len};
    return true;
}

/* ---- entries ----------------------------------------------------------------------------------------------------- */

struct tb_sha256
store__entry_hash(struct tb_buf *scratch, const struct store_entry *entry)
{
    scratch->len = 0;
    put_i64(scratch, entry->seq);
    put_i64(scratch, entry->at);
    put_i64(scratch, entry->actor);
    put_text(scratch, entry->request);
    put_text(scratch, entry->purpose);
    put_text(scratch, entry->table);
    put_i64(scratch, entry->id);
    tb_buf_char(scratch, (char)entry->op);
    put_i64(scratch, entry->prev);
    tb_buf_put(scratch, entry->digest, sizeof entry->digest);
    struct tb_sha256 hash = tlog_leaf_hash(scratch->ptr, scratch->len);
    scratch->len = 0;
    return hash;
}
