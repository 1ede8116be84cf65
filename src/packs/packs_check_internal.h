/* SPDX-License-Identifier: Apache-2.0 */
/* packs_check_internal.h - what the files of `pack check` share. */
#ifndef PACKS_PACKS_CHECK_INTERNAL_H
#define PACKS_PACKS_CHECK_INTERNAL_H

#include "packs/packs_internal.h"

struct packs__check {
    struct tb_arena *arena;
    const struct packs_pack *pack;
    struct tb_faults *faults; /* what makes a pack bad */
    struct tb_faults *notes;  /* what an office should know */
};

/* A foundation (kind: foundation) offers no service of its own. */
bool packs__is_foundation(const struct packs_pack *pack);
bool packs__is_one_of(tb_str text, const char *const *words, size_t count);

/* The sentence must be there in both languages. */
void packs__need_words(const struct packs__check *check, tb_str file, int32_t line, tb_str key);
/* A clause must be LAW#ARTICLE with a row in clauses.csv; several may be separated by ';' or '|'.
 * A verified row that stands on an unverified clause is a fault, an unverified one a note. */
void packs__need_clause(const struct packs__check *check, tb_str file, int32_t line, tb_str clause,
                        tb_str basis_status);

void packs__check_tables(const struct packs__check *check);
void packs__check_supply(const struct packs__check *check);
void packs__check_rules(const struct packs__check *check);
void packs__check_flow(const struct packs__check *check);
void packs__check_forms(const struct packs__check *check);
void packs__check_letters(const struct packs__check *check);

#endif
