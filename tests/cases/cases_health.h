/* SPDX-License-Identifier: Apache-2.0 */
/* Public venue health, filled in rightly: a hairdresser's, by the ordinary way, by pledge, and what follows. */
#ifndef CASES_HEALTH_H
#define CASES_HEALTH_H

#include "cases_world.h"

#define HEALTH_HEAD "91511602MA620001"
#define HEALTH_NEW "511A0015500009"
#define HEALTH_ANSWERS(way)                                                                        \
    "{\"venue kind\":\"hair\",\"purpose\":\"new\",\"business licence\":\"yes\",\"way\":\"" way     \
    "\",\"central air\":\"no\",\"agent\":\"self\"}"

static inline const char *
health_fields(const char *more)
{
    static char text[4096];
    snprintf(text, sizeof(text),
             "{\"name\":\"大山理发店\",\"credit_code\":\"%s\",\"person_name\":\"陈晓芳\",\"person_"
             "id\":\"%s\","
             "\"phone\":\"13900007701\"%s}",
             world_credit_code(HEALTH_HEAD).ptr, world_citizen("51160219880512002").ptr, more);
    return text;
}

#define HEALTH_VENUE                                                                                           \
    ",\"address\":\"四川省广安市广安区建安北路88号\",\"business\":\"hair\",\"area\":60,\"staff_" \
    "count\":3,\"manager\":\"陈晓芳\""
#define HEALTH_PLEDGE HEALTH_VENUE ",\"pledge_read\":true,\"pledge_true\":true"

/* A list of materials with one file each. */
static inline const char *
health_papers(enum world_person who, const char *first, const char *second)
{
    const char *hash = world_upload(who, world_pdf, sizeof(world_pdf) - 1);
    if (second == NULL)
        return tb_printf(world.arena, "[{\"id\":\"%s\",\"hash\":\"%s\"}]", first, hash).ptr;
    return tb_printf(world.arena,
                     "[{\"id\":\"%s\",\"hash\":\"%s\"},{\"id\":\"%s\",\"hash\":\"%s\"}]", first,
                     hash, second, hash)
        .ptr;
}

/* By pledge: the licence is there when the call returns. The case number. */
static inline const char *
health_by_pledge(void)
{
    const struct tb_json *out =
        WORLD_DO(WORLD_APPLICANT, "cases.file",
                 "{\"item\":\"" HEALTH_NEW "\",\"answers\":" HEALTH_ANSWERS(
                     "pledge") ",\"fields\":%s,\"materials\":%s,"
                               "\"pledge\":{\"choice\":\"pledge\",\"signed\":true}}",
                 health_fields(HEALTH_PLEDGE), health_papers(WORLD_APPLICANT, "drawings", NULL));
    return world_text(out, "no");
}

static inline const char *
health_mark(const char *no)
{
    return world_text(WORLD_DO(WORLD_APPLICANT, "cases.get", "{\"no\":\"%s\"}", no),
                      "certificate.mark");
}

/* Renewal of a licence that ends on expires. The case number. */
static inline const char *
health_renew(const char *number, const char *expires)
{
    char more[512];
    snprintf(more, sizeof(more),
             ",\"permit_number\":\"%s\",\"permit_expires\":\"%s\",\"address\":"
             "\"四川省广安市广安区建安北路88号\","
             "\"staff_count\":3,\"layout_confirm\":true",
             number, expires);
    const struct tb_json *out = WORLD_DO(
        WORLD_APPLICANT, "cases.file",
        "{\"item\":\"511A0015500013\",\"answers\":{\"venue kind\":\"hair\",\"purpose\":\"renew\","
        "\"central "
        "air\":\"no\",\"layout\":\"same\",\"agent\":\"self\"},\"fields\":%s,\"materials\":%s}",
        health_fields(more), health_papers(WORLD_APPLICANT, "test-report", NULL));
    return world_text(out, "no");
}

#endif
