/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file: no crash, and a row marked broken always has its fault. */
#include "sheet/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct tb_arena *arena = tb_arena_new(0);
    struct tb_faults faults = {.arena = arena};
    struct sheet_reader *reader;
    struct tb_err err;
    struct sheet_row row;
    size_t broken = 0;
    bool has_row = true;
    if (sheet_open(TB_STR("f"), (tb_str){(const char *)bytes, len}, &faults, &reader, &err) ==
        TB_OK) {
        while (sheet_next(reader, &row, &has_row, &err) == TB_OK && has_row) {
            broken += row.is_broken;
            for (size_t i = 0; i < row.count; i++)
                (void)tb_hash(row.cells[i]);
        }
        tb_assert(broken <= faults.count);
        sheet_close(reader);
    }
    tb_arena_free(arena);
    return 0;
}
