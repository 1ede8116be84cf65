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
static const char sql_fixes[] =
    "SELECT f.id, f.state, f.contact_due, f.due, r.satisfaction, r.comment, r.is_anonymous, c.no, "
    "f.answer "
    "FROM review_fixes f JOIN reviews r ON r.id = f.review LEFT JOIN cases c ON c.id = r.of_case "
    "WHERE f.division >= $1 AND f.division < $2 ORDER BY f.id DESC LIMIT 100";
static const char sql_fix[] = "SELECT division, state FROM review_fixes WHERE id = $1";
