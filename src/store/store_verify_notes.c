/* SPDX-License-Identifier: Apache-2.0 */
/* Verification against signed checkpoints: those in the table, and those of a file, by default DIR/checkpoints.log. A
 * root that was signed for n entries must be the root of the first n entries that are there now. */
#include "store/store.sql.h"
#include "store/store_verify.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
note_finding(struct verify *verify, const char *source, int64_t size, const char *code,
             const char *zh, const char *en)
{
    tb_fault_add(verify->faults, tb_printf(verify->page, "%s/%lld", source, (long long)size), code,
                 tb_str_of(zh), tb_str_of(en));
}

/* ---- the next note of a source ----------------------------------------------------------------------------------- */

/* Reads and checks the signature; a bad one is a finding and is passed over. */
static bool
take_note(struct verify *verify, struct verify__notes *notes, tb_str text, int64_t place,
          struct tb_err *scratch)
{
    uint64_t size;
    tb_status status =
        tlog_checkpoint_read(text, &verify->store->key, &size, &notes->next.root, scratch);
    verify->result.checkpoints++;
    if (status == TB_OK) {
        notes->next.size = (int64_t)size;
        return true;
    }
    note_finding(
        verify, notes->name, place, "checkpoint_bad",
        "这份签名检查点读不懂，或签名不是本系统的日志密钥所签",
        "this signed checkpoint is not readable, or not signed by this installation's log key");
    return false;
}

static tb_status
next_in_table(struct verify *verify, struct verify__notes *notes, struct tb_err *err)
{
    struct tb_err scratch;
    while (!notes->has_next) {
        struct store_value param = STORE_INT_OF(notes->after);
        struct store_rows *rows;
        TB_TRY(store_select(verify->read, sql_checkpoint_next, &param, 1, &rows, err));
        bool is_there = store_next(rows);
        if (is_there) {
            notes->after = store_int(rows, 0);
            notes->has_next = take_note(verify, notes, store_text(rows, 1), notes->after, &scratch);
            if (notes->has_next && notes->next.size != notes->after) {
                notes->has_next = false;
                note_finding(verify, notes->name, notes->after, "checkpoint_bad",
                             "这份签名检查点不在自己的位置上",
                             "this signed checkpoint is not in its own place");
            }
        }
        TB_TRY(store_rows_done(rows, err));
        if (!is_there)
            return TB_OK;
    }
    return TB_OK;
}

static void
next_in_file(struct verify *verify, struct verify__notes *notes)
{
    struct tb_err scratch;
    tb_str text;
    while (!notes->has_next && tlog_notes_cut(&notes->rest, &text)) {
        if (!take_note(verify, notes, text, verify->result.checkpoints, &scratch))
            continue;
        if (notes->next.size >= (int64_t)verify->range.size) {
            notes->has_next = true;
        } else if (notes->late_count < VERIFY__LATE_MAX) {
            /* Two processes that sign at the same time may append out of order. */
            notes->late[notes->late_count++] = notes->next;
        }
    }
}

static tb_status
fill(struct verify *verify, struct verify__notes *notes, struct tb_err *err)
{
    if (notes->has_next)
        return TB_OK;
    if (notes->is_table)
        TB_TRY(next_in_table(verify, notes, err));
    else
        next_in_file(verify, notes);
    if (notes->has_next && notes->next.size > notes->largest)
        notes->largest = notes->next.size;
    return TB_OK;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static void
compare(struct verify *verify, struct verify__notes *notes, const struct verify__note *note,
        const struct tb_sha256 *root)
{
    if (notes->is_broken || verify->has_gap)
        return;
    if (memcmp(note->root.bytes, root->bytes, sizeof root->bytes) == 0) {
        notes->good = note->size;
        return;
    }
    notes->is_broken = true;
    tb_fault_add(
        verify->faults, tb_printf(verify->page, "%s/%lld", notes->name, (long long)note->size),
        "root_differs",
        tb_printf(verify->page, "第 %lld 至 %lld 条日志与当时签名的不同：有内容被改动",
                  (long long)notes->good + 1, (long long)note->size),
        tb_printf(verify->page,
                  "the entries %lld to %lld are not those that were signed: something was changed",
                  (long long)notes->good + 1, (long long)note->size));
}

tb_status
verify__notes_check(struct verify *verify, struct tb_err *err)
{
    for (size_t i = 0; i < verify->note_sources; i++) {
        struct verify__notes *notes = &verify->notes[i];
        TB_TRY(fill(verify, notes, err));
        while (notes->has_next && notes->next.size == (int64_t)verify->range.size) {
            struct tb_sha256 root = tlog_root(&verify->range);
            compare(verify, notes, &notes->next, &root);
            notes->has_next = false;
            TB_TRY(fill(verify, notes, err));
        }
    }
    return TB_OK;
}

static void
report_cut(struct verify *verify, const struct verify__notes *notes)
{
    int64_t size = (int64_t)verify->range.size;
    tb_fault_add(
        verify->faults, tb_printf(verify->page, "log/%lld", (long long)size + 1), "entries_cut",
        tb_printf(verify->page, "第 %lld 至 %lld 条日志被截去：%s 中有为 %lld 条日志签名的检查点",
                  (long long)size + 1, (long long)notes->largest, notes->name,
                  (long long)notes->largest),
        tb_printf(verify->page,
                  "the entries %lld to %lld were cut: %s holds a checkpoint that was signed for "
                  "%lld entries",
                  (long long)size + 1, (long long)notes->largest, notes->name,
                  (long long)notes->largest));
}

tb_status
verify__notes_end(struct verify *verify, struct tb_err *err)
{
    for (size_t i = 0; i < verify->note_sources; i++) {
        struct verify__notes *notes = &verify->notes[i];
        TB_TRY(fill(verify, notes, err));
        while (notes->has_next) {
            notes->has_next = false;
            TB_TRY(fill(verify, notes, err));
        }
        if (notes->largest > (int64_t)verify->range.size)
            report_cut(verify, notes);
        for (size_t n = 0; n < notes->late_count; n++) {
            struct tb_sha256 root;
            TB_TRY(store__root_of(verify->read, verify->page, notes->late[n].size, &root, err));
            compare(verify, notes, &notes->late[n], &root);
        }
    }
    return TB_OK;
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static tb_status
map_file(const char *path, bool is_wanted, tb_str *ret_text, struct tb_err *err)
{
    struct stat info;
    *ret_text = TB_STR_NONE;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT && !is_wanted ? TB_OK : store__fail_errno(err, "opening", path);
    tb_status status = fstat(fd, &info) == 0 ? TB_OK : store__fail_errno(err, "reading", path);
    if (status == TB_OK && info.st_size > 0) {
        void *text = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (text == MAP_FAILED)
            status = store__fail_errno(err, "reading", path);
        else
            *ret_text = (tb_str){text, (size_t)info.st_size};
    }
    close(fd);
    return status;
}

tb_status
verify__notes_open(struct verify *verify, tb_str against, struct tb_err *err)
{
    const char *path = against.ptr != NULL
                           ? tb_cstr(verify->arena, against)
                           : store__path(verify->arena, verify->store, "checkpoints.log");
    TB_TRY(map_file(path, against.ptr != NULL, &verify->file, err));
    if (against.ptr != NULL && !tb_str_contains(verify->file, TB_STR("\n\n\xe2\x80\x94 ")))
        return tb_fail(err, TB_SYNTAX, "%s holds no signed checkpoint", path);
    verify->notes[0] = (struct verify__notes){.name = "checkpoints", .is_table = true, .after = -1};
    verify->notes[1] = (struct verify__notes){
        .name = against.ptr != NULL ? path : "checkpoints.log", .rest = verify->file};
    verify->notes[1].late = TB_NEW_ARRAY(verify->arena, VERIFY__LATE_MAX, struct verify__note);
    verify->note_sources = 2;
    return TB_OK;
}

void
verify__notes_close(struct verify *verify)
{
    if (verify->file.ptr != NULL)
        munmap((void *)(uintptr_t)verify->file.ptr, verify->file.len);
}
