/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - every stated limit, in one place.
 *
 * Whatever a person or a file can make grow is bounded here; going over is TB_LIMIT, with the limit
 * in the message. Units are in the names. A limit that only one module uses stands in that module's
 * section. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/* base */
#define TB_JSON_DEPTH_MAX 64
#define TB_JSON_BYTES_MAX (8u << 20)
#define TB_JSON_NODES_MAX 1000000u
#define TB_YAML_DEPTH_MAX 32
#define TB_YAML_BYTES_MAX (4u << 20)
#define TB_XML_DEPTH_MAX 256
#define TB_XML_BYTES_MAX (16u << 20)
#define TB_FAULTS_MAX 1000
#define TB_ERR_MESSAGE_BYTES 512

/* tlog */
#define TLOG_LEVELS_MAX 56 /* a log of 2^55 entries */
#define TLOG_NAME_BYTES_MAX 200
#define TLOG_NOTE_BYTES_MAX 4096

/* codes */

/* sheet */
#define SHEET_BYTES_MAX (64u << 20)
#define SHEET_ROWS_MAX 1000000
#define SHEET_COLUMNS_MAX 1000
#define SHEET_ENTRIES_MAX 10000               /* files within a workbook */
#define SHEET_UNPACKED_BYTES_MAX (256u << 20) /* of all that is read of a workbook */
#define SHEET_RATIO_MAX 200 /* unpacked to packed, of one file beyond its first MiB */
#define SHEET_STRINGS_BYTES_MAX (128u << 20) /* shared strings of a workbook */
#define SHEET_ROW_BYTES_MAX (64u << 20)
#define SHEET_CELL_BYTES_MAX (1u << 20)

/* feel */
#define FEEL_TEXT_BYTES_MAX (1u << 20)
#define FEEL_DEPTH_MAX 256       /* nesting of brackets in an expression */
#define FEEL_NODE_DEPTH_MAX 4000 /* nesting of operations: 1 + 1 + 1 is two deep */
#define FEEL_STACK_MAX 10000u    /* operations inside one another while running, calls included */
#define FEEL_STEPS_MAX 20000000u /* work of one evaluation; about a second */
#define FEEL_BYTES_MAX (256u << 20) /* memory of one evaluation */
#define FEEL_WARNINGS_MAX 100
#define FEEL_CUTS_MAX 4096 /* constants with which a model compares one name */
#define FEEL_REGEX_BYTES_MAX 4096
#define FEEL_REGEX_STEPS_MAX 1000000u /* PCRE2 match limit of one match */
#define FEEL_ZONE_BYTES_MAX (256u << 10)

/* dmn */
#define DMN_ELEMENTS_MAX 100000 /* decisions, rules × columns count by themselves */
#define DMN_RULES_MAX 100000    /* of one table */
#define DMN_COLUMNS_MAX 500
#define DMN_ASK_INPUTS_MAX 2000 /* questions that one decision may hang on */
#define DMN_ASK_COMBINATIONS_MAX                                                                   \
    100000                      /* of answers that are tried; beyond, the plan is a good one only */
#define DMN_ASK_OPEN_MAX 500    /* the same, when some question cannot be split into few answers */
#define DMN_ASK_VALUES_MAX 1000 /* answers of one question that make a difference */
#define DMN_ASK_STEPS_MAX 40000000u    /* work of trying them */
#define DMN_ASK_STATES_FEW 600000      /* states of knowledge that are all solved at once */
#define DMN_ASK_WORK_MAX 40000000u     /* work of planning with bounds, before … */
#define DMN_ASK_STATES_MAX 45000000    /* … all states are solved after all; 4 bytes each */
#define DMN_EXPLAIN_TRIES_MAX 20000    /* evaluations in the search for another outcome */
#define DMN_EXPLAIN_CHANGES_MAX 8      /* changes that are told */
#define DMN_EXPLAIN_TABLES_MAX 200     /* evaluations of tables that one explanation tells */
#define DMN_CHECK_STATES_MAX 2000000   /* sets of rules met in one search for a gap */
#define DMN_CHECK_CELLS_MAX 400000000u /* values × rules of one table */
#define DMN_CHECK_INPUTS_MAX 20000     /* inputs tried where columns depend on each other */
#define DMN_CHECK_PER_TABLE_MAX 10     /* findings of one kind in one table */
#define DMN_IMPORT_DEPTH_MAX 16
#define DMN_REQUIREMENT_DEPTH_MAX 200 /* decision that needs a decision that needs … */

/* bpmn */
#define BPMN_ELEMENTS_MAX 5000
#define BPMN_TOKENS_MAX 1000
#define BPMN_STEPS_MAX 10000
#define BPMN_STATE_BYTES_MAX (1u << 20)

/* clock */
#define CLOCK_PERIOD_MAX 100000
#define CLOCK_EVENTS_MAX 10000
#define CLOCK_DAYS_MAX 4000
#define CLOCK_CALENDAR_DAYS_MAX 100000

/* paper */
#define PAPER_BLOCKS_MAX 2000
#define PAPER_PAGES_MAX 100
#define PAPER_TEXT_BYTES_MAX (1u << 20)
#define PAPER_QR_BYTES_MAX 1200

/* seal */
#define SEAL_PDF_BYTES_MAX (32u << 20)
#define SEAL_SIGNATURE_BYTES_MAX 128
#define SEAL_QR_BYTES_MAX 300
#define SEAL_REVOCATIONS_MAX 100000

/* store */
#define STORE_BATCH_REQUESTS_MAX 64
#define STORE_BATCH_MS_MAX 50
#define STORE_SNAPSHOT_MS_MAX 2000
#define STORE_READERS_MAX 8
#define STORE_FILE_BYTES_MAX (20u << 20)
#define STORE_CHECKPOINT_ENTRIES 1000 /* entries, or … */
#define STORE_CHECKPOINT_MS_MAX 10000 /* … time after which the log is signed */
#define STORE_ENTRIES_MAX 10000       /* entries given at once */
#define STORE_HISTORY_MAX 1000        /* states of a row given at once, newest first */
#define STORE_COLUMNS_MAX 60
#define STORE_TABLES_MAX 200
#define STORE_NAME_BYTES_MAX 40
#define STORE_ONCE_DAYS 7
#define STORE_KEY_BYTES_MAX 200   /* idempotency key, series, consumer */
#define STORE_CAUSE_BYTES_MAX 200 /* request id, purpose */

/* http */
#define HTTP_WORKERS 64
#define HTTP_CONNECTIONS_PER_THREAD_MAX 100
#define HTTP_HEADER_MS_MAX 10000
#define HTTP_BODY_MS_MAX 60000
#define HTTP_STOP_MS_MAX 10000
#define HTTP_BODY_BYTES_MAX (24u << 20)
#define HTTP_BODY_BYTES_TOTAL_MAX (512u << 20) /* of all requests together */
#define HTTP_EVENT_THREADS 12
#define HTTP_CONNECTIONS_MAX 1100 /* one more is answered 503; the threads could hold 1,200 */
#define HTTP_QUEUE_MAX 1024
#define HTTP_IDLE_MS_MAX 75000 /* between two requests; longer than nginx keeps its side open */
#define HTTP_SEND_MS_MAX 120000
#define HTTP_HEAD_BYTES_MAX (32u << 10)
#define HTTP_TARGET_BYTES_MAX 8192
#define HTTP_HEADERS_MAX 100
#define HTTP_QUERY_MAX 200
#define HTTP_PARTS_MAX 2000
#define HTTP_PART_NAME_BYTES_MAX 256

/* op */
#define OP_RATE_BURST 60      /* rate-limited operations: calls at once from one address … */
#define OP_RATE_PER_MINUTE 60 /* … and then so many a minute */
#define OP_BUCKETS_MAX 4096

/* access */
#define ACCESS_HASHES_MAX 2 /* argon2id at once */
#define ACCESS_IDLE_MINUTES_STAFF 30
#define ACCESS_IDLE_MINUTES 120
#define ACCESS_SESSION_HOURS_MAX 12
#define ACCESS_FAILURES_FREE 5 /* then the account waits */
#define ACCESS_BUCKETS_MAX 4096

/* packs */
#define PACKS_FILES_MAX 2000
#define PACKS_DEPTH_MAX 6 /* folders within folders */
#define PACKS_FILE_BYTES_MAX (4u << 20)
#define PACKS_BYTES_MAX (48u << 20) /* of one pack with all it depends on */
#define PACKS_DEPENDENCIES_MAX 16
#define PACKS_ROWS_MAX 20000 /* of one table */
#define PACKS_ANSWERS_MAX 200
#define PACKS_CONDITION_TRIES_MAX 4096 /* answers tried to see whether a question still matters */
#define PACKS_REPEAT_MAX 50            /* rows of a repeated group of a form */
#define PACKS_FIELD_CHARACTERS_MAX 10000
#define PACKS_WORDS_MAX 100      /* everyday words for the search */
#define PACKS_WORD_LENGTH_MAX 20 /* characters of one of them */
#define PACKS_SET_MAX 500

/* catalogue */
#define CATALOGUE_BATCH_ROWS 500
#define CATALOGUE_NAME_MAX 1000
#define CATALOGUE_QUERY_MAX 200 /* code points */
#define CATALOGUE_OFFSET_MAX 10000

/* cases */
#define CASES_CERTIFICATES_MAX 64 /* certificates of one case: the licence and a card per vehicle */
#define CASES_CODE_BURST 10       /* look-ups by number and code from one address at once … */
#define CASES_CODE_PER_MINUTE 10  /* … and then a minute */
#define CASES_UNMASK_MINUTES 30   /* how long an unmasked case stays so for the viewer */
#define CASES_DRAWING_MAX 2       /* threads that draw or seal at once */
#define CASES_REVOCATIONS_MAX 10000
#define CASES_GUIDE_DAYS 30       /* how long a guide's token is good */
#define CASES_QUEUE_ROWS 50       /* cases in the window's queue */
#define CASES_DRAFT_FILES_MAX 100 /* files in one application */
#define CASES_FIX_CONTACT_DAYS 1  /* working days until a dissatisfied person is contacted … */
#define CASES_FIX_DAYS 15         /* … and has an answer */
#define CASES_TICK_MAX 500        /* timers in one tick */
#define CASES_ATTEMPTS_MAX 8      /* then once a day */
#define CASES_TASK_ROWS 200       /* open tasks shown for one role */
#define CASES_PAGE_ROWS 20        /* rows of a list */
#define CASES_PER_DAY_MAX 99999   /* five digits of the public number, for each district */

/* watch */
#define WATCH_ROUND_MAX 200 /* cases looked at in one turn of the scheduler */
#define WATCH_LIST_ROWS 100 /* cards or due cases in one list */

/* web */

#endif
