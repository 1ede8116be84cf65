/* SPDX-License-Identifier: Apache-2.0 */
/* codes.h - identifiers of Chinese administration and their check characters: persons,
 * organisations, places, service items, electronic certificates, cases.
 *
 * Stand-alone: needs base/ only. Never does I/O and keeps no state. A check answers true or false
 * and, where the caller passes a list of faults, says WHAT is wrong in Chinese and English under
 * the caller's place; faults may be NULL. Texts are borrowed; parts given back point into the text.
 * Sources are named at each function.
 *
 * No value of a person stands in a fault: messages name the position, never the digits. */
#ifndef CODES_CODES_H
#define CODES_CODES_H

#include "base/base.h"

/* What people type, made fit for the checks: full width to half, letters to upper case, blanks,
 * dots in the middle and dashes within numbers removed. In arena. Not for item codes and marks,
 * where dash and dot are structure. */
tb_str codes_tidy(struct tb_arena *arena, tb_str typed);

/* ---- persons (GB 11643-1999) ----------------------------------------------------------------- */

/* What the number itself says. */
struct codes_citizen_id {
    tb_str division; /* six digits; where the number was given, which says nothing about today */
    tb_date birth;
    bool is_male;
};

/* 18 characters: division 6, birth 8, serial 3, check (weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2,
 * mod 11). Numbers of 15 digits ended in 2013 and are refused. The birth date must exist and, when
 * today is valid, not lie after it or more than 150 years before. ret_id may be NULL and is only
 * set on true. */
bool codes_citizen_id(tb_str text, tb_date today, tb_str place, struct tb_faults *faults,
                      struct codes_citizen_id *ret_id);

/* ---- organisations (GB 32100-2015, GB 11714-1997) -------------------------------------------- */

/* Parts point into the text that was checked. */
struct codes_credit_code {
    char authority;      /* 1: establishment, 5: civil affairs, 9: market regulation … */
    char category;       /* of the organisation, within the authority */
    tb_str division;     /* six digits; need not be where the organisation works today */
    tb_str organisation; /* the embedded nine characters of GB 11714 */
};

/* 18 characters of 0-9A-Z without I O S V Z; check character mod 31; the embedded code has its own
 * (mod 11). Two faults are told apart: a wrong last character, and a wrong embedded code. ret_code
 * may be NULL. */
bool codes_credit_code(tb_str text, tb_str place, struct tb_faults *faults,
                       struct codes_credit_code *ret_code);

/* Nine characters, or eight, a dash and one. */
bool codes_organisation_code(tb_str text, tb_str place, struct tb_faults *faults);

/* ---- divisions (GB/T 2260, GB/T 10114, statistics codes of 12 digits) ------------------------ */

/* Levels as 行使层级 numbers them. */
typedef enum {
    CODES_LEVEL_NONE = 0,
    CODES_LEVEL_NATION = 1,
    CODES_LEVEL_PROVINCE = 2,
    CODES_LEVEL_CITY = 3,
    CODES_LEVEL_COUNTY = 4,
    CODES_LEVEL_TOWN = 5,
    CODES_LEVEL_VILLAGE = 6
} codes_level;

/* 2, 4, 6, 9 or 12 digits of a province that exists; 000000000000 is the nation. */
bool codes_division(tb_str text, tb_str place, struct tb_faults *faults);
/* Twelve digits in arena, padded with zeros; TB_STR_NONE when text is no division. */
tb_str codes_division_full(struct tb_arena *arena, tb_str text);
/* By the last part that is not zero: 441900003000 is a town directly under a city. NONE for what is
 * no division. */
codes_level codes_division_level(tb_str text);
/* Twelve digits in arena of the division above, the nation at last; TB_STR_NONE above the
 * nation. */
tb_str codes_division_parent(struct tb_arena *arena, tb_str text);
/* inner lies in outer, or is it. Both of any accepted length. */
bool codes_division_contains(tb_str outer, tb_str inner);
/* Chinese and English name of a level: 县级, county. Static; never NULL. */
const char *codes_level_zh(codes_level level);
const char *codes_level_en(codes_level level);

/* ---- service items (GB/T 39554.1 as observed; Sichuan's local form) -------------------------- */

typedef enum {
    CODES_ITEM_BASIC,     /* 12: division 2, type 2, department 2, main item 3, sub-item 3 or nnY */
    CODES_ITEM_BASIC_SUB, /* 14: and a business item of 2 */
    CODES_ITEM_NATIONAL,  /* 31: credit code 18, level 1, basic 12 */
    CODES_ITEM_NATIONAL_SUB, /* 33: and a business item of 2 */
    CODES_ITEM_LOCAL,        /* basic-division12-000-credit18-n-00, as Sichuan writes it */
    CODES_ITEM_LOCAL_OLD     /* the same before the change to credit codes, or with parts missing */
} codes_item_form;

/* Of the agency in an item code. */
typedef enum {
    CODES_AGENCY_NONE,         /* the form has no agency, or it cannot be told */
    CODES_AGENCY_CREDIT,       /* a credit code that checks */
    CODES_AGENCY_IMPOSSIBLE,   /* 18 characters that are no credit code */
    CODES_AGENCY_ORGANISATION, /* a nine-character organisation code that checks */
    CODES_AGENCY_UNKNOWN       /* anything else: cut off, made up, a number of the former system */
} codes_agency;

/* Parts point into the text; TB_STR_NONE where the form has none. */
struct codes_item_code {
    codes_item_form form;
    codes_agency agency_kind;
    tb_str basic, business, division, agency, level, sequence;
};

/* Splits an item code of 12, 14, 31 or 33 characters or of the local form. True when the form is
 * one of the six, also for the old one: what to think of an old code is the caller's decision. A
 * fault names what keeps it from being any. An impossible credit code inside is agency_kind, not a
 * refusal. At most 64 characters: the local form has up to 55, though the national exchange tables
 * were made for 50. */
bool codes_item_code(tb_str text, tb_str place, struct tb_faults *faults,
                     struct codes_item_code *ret_code);

/* ---- electronic certificates (GB/T 36904-2018) ----------------------------------------------- */

/* root OID . type 21 . issuer . serial . version 3 . check: 1.2.156.3005.2.….001.U. Parts point
 * into the text. */
struct codes_mark {
    tb_str root, type, issuer, serial, version;
    char check;
};

#define CODES_MARK_ROOT "1.2.156.3005.2"

/* The form and the check character (ISO 7064 MOD 37,36 over type, issuer, serial and version).
 * ret_mark may be NULL. */
bool codes_mark(tb_str text, tb_str place, struct tb_faults *faults, struct codes_mark *ret_mark);
/* In arena, with its check character. type 21, issuer and serial of 0-9A-Z (asserted), version 1 to
 * 999. */
tb_str codes_mark_make(struct tb_arena *arena, tb_str type, tb_str issuer, tb_str serial,
                       int version);
/* ISO 7064 MOD 37,36 of characters 0-9A-Z (asserted). */
char codes_mod_37_36(tb_str text);

/* ---- cases ----------------------------------------------------------------------------------- */

/* The public number of a case: division 6, day 8, serial 5 (1 to 99999), check digit by ISO 7064
 * MOD 11,10, which finds every wrong digit and every exchange of neighbours. In arena; arguments
 * are asserted. */
tb_str codes_case_number(struct tb_arena *arena, tb_str division, tb_date day, int serial);
/* Twenty digits, a day that exists, and the check digit. */
bool codes_case_number_check(tb_str text, tb_str place, struct tb_faults *faults);
/* ISO 7064 MOD 11,10 of decimal digits (asserted); for any number of ours that people copy by
 * hand. */
char codes_mod_11_10(tb_str digits);

#endif
