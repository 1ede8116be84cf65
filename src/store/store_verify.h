/* store_verify.h - what the files of verification share. See store_verify.c for the idea. */
#ifndef STORE_STORE_VERIFY_H
#define STORE_STORE_VERIFY_H

#include "store/store_internal.h"

#define VERIFY__PAGE 1000
#define VERIFY__LATE_MAX 1000

/* A signed checkpoint that was read before the tree had its size, or after. */
struct verify__note {
    int64_t size;
    struct tb_sha256 root;
};

/* A source of signed checkpoints in rising order: a file kept in memory, or the table. */
struct verify__notes {
    const char *name; /* for findings */
    tb_str rest;      /* of the file; TB_STR_NONE for the table */
    bool is_table, has_next;
    int64_t after; /* size of the last note taken from the table */
    struct verify__note next;
    int64_t largest;
    int64_t good;              /* the last size whose root fitted */
    bool is_broken;            /* a root did not fit; the later ones cannot either */
    struct verify__note *late; /* notes that came out of order; checked at the end */
    size_t late_count;
};

struct verify {
    struct store *store;
    struct store_read *read; /* of the page */
    struct tb_arena *page;   /* reset with every page */
    struct tb_arena *arena;  /* of the whole run */
    struct tb_faults *faults;
    struct store_verify_result result;
    struct tb_buf scratch;
    struct tlog_range range;
    const char **sql_leaf; /* of each table: its leaf by id */
    struct verify__notes notes[2];
    size_t note_sources;
    tb_str file;      /* mapped */
    bool has_gap;     /* an entry is missing: roots cannot fit any more */
    tb_status status; /* of a failure inside a callback */
    struct tb_err *err;
};

/* Notes a finding about a row. zh and en are whole sentences without the place. */
void verify__finding(struct verify *verify, tb_str table, int64_t id, const char *code, tb_str zh,
                     tb_str en);
/* store_verify_notes.c */
TB_NODISCARD tb_status verify__notes_open(struct verify *verify, tb_str against,
                                          struct tb_err *err);
void verify__notes_close(struct verify *verify);
/* Compares the notes that are due at the present size of verify->range. */
TB_NODISCARD tb_status verify__notes_check(struct verify *verify, struct tb_err *err);
/* After the last entry: notes that claim more entries than there are, and late ones. */
TB_NODISCARD tb_status verify__notes_end(struct verify *verify, struct tb_err *err);
/* store_verify_rows.c: every row of every logged table against its entry; log_old without entries. */
TB_NODISCARD tb_status verify__rows(struct verify *verify, struct tb_err *err);
TB_NODISCARD tb_status verify__former(struct verify *verify, struct tb_err *err);

#endif
