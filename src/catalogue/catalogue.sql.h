/* SPDX-License-Identifier: Apache-2.0 */
/* Every SELECT of catalogue. An item is visible at version P when from_version <= P and its end is
 * null or beyond P. */
#ifndef CATALOGUE_SQL_H
#define CATALOGUE_SQL_H

/* the version in force */
#define SQL_CATALOGUE_IN_FORCE                                                                     \
    "SELECT COALESCE(MAX(id), 0) FROM catalogue_versions WHERE state = 'published'"

/* versions that were begun and not published */
#define SQL_CATALOGUE_DRAFTS                                                                       \
    "SELECT id, leaf, touched_at FROM catalogue_versions WHERE state = 'draft' ORDER BY id"

/* $1 version */
#define SQL_CATALOGUE_VERSION "SELECT leaf, state FROM catalogue_versions WHERE id = $1"

/* $1 version in force, $2 after this id, $3 how many */
#define SQL_CATALOGUE_CONTENTS                                                                     \
    "SELECT id, code, content FROM items WHERE from_version <= $1 "                                \
    "AND (to_version IS NULL OR to_version > $1) AND id > $2 ORDER BY id LIMIT $3"

/* the same with what a list shows */
#define SQL_CATALOGUE_LISTED                                                                       \
    "SELECT i.id, i.code, i.name, i.main_item, i.type, i.division, i.department, d.name "          \
    "FROM items i JOIN departments d ON d.id = i.department WHERE i.from_version <= $1 "           \
    "AND (i.to_version IS NULL OR i.to_version > $1) AND i.id > $2 ORDER BY i.id LIMIT $3"

/* $1 draft, $2 how many */
#define SQL_CATALOGUE_DRAFT_ITEMS                                                                  \
    "SELECT id FROM items WHERE from_version = $1 ORDER BY id LIMIT $2"
#define SQL_CATALOGUE_DRAFT_ENDS "SELECT id FROM items WHERE to_version = $1 ORDER BY id LIMIT $2"
#define SQL_CATALOGUE_DRAFT_DEPARTMENTS                                                            \
    "SELECT id FROM departments WHERE from_version = $1 ORDER BY id LIMIT $2"

/* $1 division, $2 name */
#define SQL_CATALOGUE_DEPARTMENT "SELECT id FROM departments WHERE division = $1 AND name = $2"

#define SQL_CATALOGUE_ITEM_COLUMNS                                                                 \
    "i.id, i.leaf, i.code, i.name, i.main_item, i.type, i.division, d.name, d.code, i.agency, "    \
    "i.agency_state, i.code_form, i.basic_code, i.business_code, i.level, i.handling, "            \
    "i.statutory, i.promised, i.visits, i.fee, i.elements, i.source, i.from_version "

/* $1 version in force, $2 code */
#define SQL_CATALOGUE_ITEM                                                                         \
    "SELECT " SQL_CATALOGUE_ITEM_COLUMNS "FROM items i JOIN departments d ON d.id = i.department " \
    "WHERE i.code = $2 AND i.from_version <= $1 AND (i.to_version IS NULL OR i.to_version > $1)"

/* $1 version in force, $2, $3 range of codes, $4 home division: the item at home first */
#define SQL_CATALOGUE_ITEM_BEGINS                                                                  \
    "SELECT " SQL_CATALOGUE_ITEM_COLUMNS "FROM items i JOIN departments d ON d.id = i.department " \
    "WHERE i.code >= $2 AND i.code < $3 AND i.from_version <= $1 "                                 \
    "AND (i.to_version IS NULL OR i.to_version > $1) "                                             \
    "ORDER BY CASE WHEN i.division = $4 THEN 0 ELSE 1 END, i.code LIMIT 1"

/* $1 code: every version of it that was published, the newest first */
#define SQL_CATALOGUE_HISTORY                                                                      \
    "SELECT v.id, v.published_at, v.file, i.name, i.content, i.to_version FROM items i "           \
    "JOIN catalogue_versions v ON v.id = i.from_version "                                          \
    "WHERE i.code = $1 AND v.state = 'published' ORDER BY v.id DESC LIMIT 50"

#endif
