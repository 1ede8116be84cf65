/* SPDX-License-Identifier: Apache-2.0 */
/* What cases_review.c selects. */
static const char sql_review_of_case[] = "SELECT id FROM reviews WHERE of_case = $1";
static const char sql_review_of_visit[] = "SELECT id FROM reviews WHERE visit = $1";
static const char sql_review_counts[] = "SELECT satisfaction, CAST(COUNT(*) AS BIGINT) FROM "
                                        "reviews WHERE is_default = 0 GROUP BY satisfaction";
static const char sql_fix_count[] =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM review_fixes WHERE state <> 'upheld'";
static const char sql_fix_answered[] =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM review_fixes WHERE state = 'answered'";
