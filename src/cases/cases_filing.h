/* SPDX-License-Identifier: Apache-2.0 */
/* cases_filing.h - an application on its way to becoming a case: everything that can be known outside the batch.
 *
 * cases__filing_check finds all faults at once; cases__filing_write then only inserts. Drafts use the first for their
 * own "what is missing", and both for submission. */
#ifndef CASES_FILING_H
#define CASES_FILING_H

#include "cases/cases_internal.h"

struct cases__filing_person {
    struct cases_party party;
    struct cases__blinds blinds;
    const char *identity_check;
};

struct cases__filing_paper {
    tb_str material;
    const char *state;
    struct tb_json *files; /* list of {hash,name,bytes,type} */
};

struct cases__filing {
    struct op_ctx *ctx;
    struct cases *cases;
    struct tb_arena *arena;
    struct tb_faults *faults;
    const struct tb_json *in, *answers, *fields;
    tb_date today;
    const struct packs_pack *pack;
    const struct packs_item *item; /* the situation, with the way chosen */
    const struct packs_process *process;
    const struct tb_json *outcome; /* of the guide; NULL when it has none yet */
    tb_str way;                    /* ordinary or pledge; absent: not chosen yet */
    tb_str division;
    bool is_at_window;
    struct cases__filing_person applicant, representative, agent;
    bool has_representative, has_agent;
    struct cases__filing_paper *papers;
    size_t paper_count;
    const struct tb_json *materials; /* list of the pack */
    tb_str previous;                 /* mark */
    struct tb_json *extra;
    struct bpmn_result first;    /* step of the process */
    struct cases__case new_case; /* what will be inserted, without number */
    int64_t wake;
    struct tb_json *answer; /* of the write */
};

/* Which pack, situation and way these answers lead to. pack_hash absent: the pack in force. Faults are added. */
TB_NODISCARD tb_status cases__filing_find(struct cases__filing *filing, tb_str item,
                                          tb_str pack_hash, struct tb_err *err);
/* What in.pledge chose; adds faults. */
void cases__filing_choose(struct cases__filing *filing);
/* {hash,name,bytes,type} of a file that this account handed in; NULL with a fault at place when
 * it did not. In arena. */
TB_NODISCARD tb_status cases__file_find(struct op_ctx *ctx, const struct tb_json *given,
                                        tb_str place, struct tb_json **ret_file,
                                        struct tb_err *err);
/* Papers handed in against those the pack asks for; adds faults. */
TB_NODISCARD tb_status cases__filing_papers(struct cases__filing *filing, struct tb_err *err);
/* Applicant, representative, agent; adds faults. */
TB_NODISCARD tb_status cases__filing_persons(struct cases__filing *filing, struct tb_err *err);
/* The number of the applicant's document as the form has it, tidied; in arena. */
tb_str cases__applicant_number(struct tb_arena *arena, const struct tb_json *fields);
/* The certificate that is changed, renewed, reissued or ended; adds faults. */
TB_NODISCARD tb_status cases__filing_previous(struct cases__filing *filing, struct tb_err *err);
/* All of the above. TB_INVALID when faults were added. */
TB_NODISCARD tb_status cases__filing_check(struct cases__filing *filing, struct op_ctx *ctx,
                                           const struct tb_json *in, tb_str pack_hash,
                                           struct tb_err *err);
/* The closure body: number, persons, case, papers, process, answer. */
TB_NODISCARD tb_status cases__filing_write(struct cases__filing *filing, struct cases__act *act,
                                           struct tb_err *err);
void cases__filing_fault(struct cases__filing *filing, tb_str place, const char *code, tb_str zh,
                         tb_str en);

/* 1-year and 3-year bars are consulted at intake (F24): a fault with the day from which one may apply again. */
TB_NODISCARD tb_status cases__check_bars(struct cases__filing *filing, struct tb_err *err);

#endif
