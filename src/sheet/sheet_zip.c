/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_zip.c - files of a ZIP archive in memory, through minizip, with limits on what unpacking
 * may yield. */
#include "sheet/sheet_internal.h"
#include <minizip/unzip.h>
#include <string.h>

#define NAME_MAX_BYTES 512
#define RATIO_FREE_BYTES (1u << 20)

struct sheet__zip {
    tb_str file, bytes;
    uint64_t at; /* minizip's file position */
    unzFile zip;
    bool is_open;
    uint64_t packed, unpacked; /* of the current file */
    uint64_t total;
};

/* ---- the archive as minizip's file ----------------------------------------------------------- */

static voidpf
on_open(voidpf opaque, const void *name, int mode)
{
    struct sheet__zip *zip = opaque;
    zip->at = 0;
    return zip;
}

static uLong
on_read(voidpf opaque, voidpf stream, void *ret_bytes, uLong size)
{
    struct sheet__zip *zip = stream;
    uint64_t left = zip->at < zip->bytes.len ? zip->bytes.len - zip->at : 0;
    uLong len = size < left ? size : (uLong)left;
    memcpy(ret_bytes, zip->bytes.ptr + zip->at, len);
    zip->at += len;
    return len;
}

static ZPOS64_T
on_tell(voidpf opaque, voidpf stream)
{
    return ((struct sheet__zip *)stream)->at;
}

static long
on_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin)
{
    struct sheet__zip *zip = stream;
    uint64_t base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? zip->at
                    : origin == ZLIB_FILEFUNC_SEEK_END ? zip->bytes.len
                                                       : 0;
    if (offset > zip->bytes.len || base > zip->bytes.len - offset)
        return -1;
    zip->at = base + offset;
    return 0;
}

static int
on_close(voidpf opaque, voidpf stream)
{
    return 0;
}

static int
on_error(voidpf opaque, voidpf stream)
{
    return 0;
}

/* ---- opening --------------------------------------------------------------------------------- */

static tb_status
broken(struct sheet__zip *zip, struct tb_err *err)
{
    return tb_fail(err, TB_SYNTAX, TB_FMT ": the workbook is damaged; open it and save it again",
                   TB_ARG(zip->file));
}

tb_status
sheet__zip_open(struct tb_arena *arena, tb_str file, tb_str bytes, struct sheet__zip **ret_zip,
                struct tb_err *err)
{
    struct sheet__zip *zip = TB_NEW(arena, struct sheet__zip);
    zip->file = file;
    zip->bytes = bytes;
    zlib_filefunc64_def functions = {on_open, on_read,  NULL,     on_tell,
                                     on_seek, on_close, on_error, zip};
    zip->zip = unzOpen2_64("", &functions);
    unz_global_info64 info;
    if (zip->zip == NULL || unzGetGlobalInfo64(zip->zip, &info) != UNZ_OK) {
        sheet__zip_close(zip);
        return broken(zip, err);
    }
    if (info.number_entry > SHEET_ENTRIES_MAX) {
        sheet__zip_close(zip);
        return tb_fail(err, TB_LIMIT, TB_FMT ": more than %d files in the workbook", TB_ARG(file),
                       SHEET_ENTRIES_MAX);
    }
    *ret_zip = zip;
    return TB_OK;
}

void
sheet__zip_close(struct sheet__zip *zip)
{
    if (zip == NULL || zip->zip == NULL)
        return;
    if (zip->is_open)
        unzCloseCurrentFile(zip->zip);
    unzClose(zip->zip);
    zip->zip = NULL;
}

tb_status
sheet__zip_select(struct sheet__zip *zip, tb_str name, bool *ret_found, struct tb_err *err)
{
    char path[NAME_MAX_BYTES];
    *ret_found = false;
    if (name.len == 0 || name.len >= sizeof path)
        return TB_OK;
    memcpy(path, name.ptr, name.len);
    path[name.len] = '\0';
    if (zip->is_open)
        unzCloseCurrentFile(zip->zip);
    zip->is_open = false;
    /* 2: letters of either case, which some programs mix. */
    if (unzLocateFile(zip->zip, path, 2) != UNZ_OK)
        return TB_OK;
    unz_file_info64 info;
    if (unzGetCurrentFileInfo64(zip->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK)
        return broken(zip, err);
    if ((info.flag & 1) != 0)
        return tb_fail(err, TB_UNSUPPORTED, TB_FMT ": encrypted; save it without a password",
                       TB_ARG(zip->file));
    if (unzOpenCurrentFile(zip->zip) != UNZ_OK)
        return broken(zip, err);
    zip->is_open = true;
    zip->packed = info.compressed_size;
    zip->unpacked = 0;
    *ret_found = true;
    return TB_OK;
}

tb_status
sheet__zip_read(struct sheet__zip *zip, void *ret_bytes, size_t size, size_t *ret_len,
                struct tb_err *err)
{
    tb_assert(zip->is_open && size <= INT32_MAX);
    int got = unzReadCurrentFile(zip->zip, ret_bytes, (unsigned)size);
    if (got < 0)
        return broken(zip, err);
    zip->unpacked += (uint64_t)got;
    zip->total += (uint64_t)got;
    if (zip->total > SHEET_UNPACKED_BYTES_MAX)
        return tb_fail(err, TB_LIMIT, TB_FMT ": unpacks to more than %u bytes", TB_ARG(zip->file),
                       SHEET_UNPACKED_BYTES_MAX);
    if (zip->unpacked > RATIO_FREE_BYTES && zip->unpacked / SHEET_RATIO_MAX > zip->packed)
        return tb_fail(err, TB_LIMIT, TB_FMT ": a part unpacks to more than %d times its size",
                       TB_ARG(zip->file), SHEET_RATIO_MAX);
    if (got == 0 && unzCloseCurrentFile(zip->zip) != UNZ_OK) {
        zip->is_open = false;
        return broken(zip, err); /* its checksum */
    }
    if (got == 0)
        zip->is_open = false;
    *ret_len = (size_t)got;
    return TB_OK;
}
