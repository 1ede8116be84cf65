/* SPDX-License-Identifier: Apache-2.0 */
/* catalogue_schema.c - the tables of the catalogue.
 *
 *   version   draft --every 500 rows--> draft --publish--> published
 *                \--left alone for two minutes, the next import clears it--> abandoned
 *
 * An item row holds from its from_version up to, not including, its to_version. Draft numbers are
 * above every published one, so a draft's rows and ends are not seen until its one row says
 * published. At most one draft is under way. */
#include "catalogue/catalogue_internal.h"

/* clang-format off */
static const struct store_column versions[] = {
    {"state", STORE_TEXT, STORE_INDEX, NULL, "draft, published or abandoned"},
    {"file", STORE_TEXT, 0, NULL, "name of the file it came from, or 'packs'"},
    {"file_hash", STORE_TEXT, STORE_NULL, NULL, "SHA-256 of the file, hexadecimal"},
    {"begun_at", STORE_INSTANT, 0, NULL, "when the draft was begun"},
    {"touched_at", STORE_INSTANT, 0, NULL, "last batch of the draft: an older one is nobody's"},
    {"published_at", STORE_INSTANT, STORE_NULL, NULL, "when it came into force here"},
    {"row_count", STORE_INT, 0, NULL, "rows of the file"},
    {"inserted", STORE_INT, 0, NULL, "items that are new"},
    {"updated", STORE_INT, 0, NULL, "items with a new content"},
    {"unchanged", STORE_INT, 0, NULL, "items that were so already"},
    {"rejected", STORE_INT, 0, NULL, "rows that could not be taken"},
    {"faults", STORE_JSON, STORE_NULL, NULL, "rejected rows: place, code, zh, en"},
    {"notes", STORE_JSON, STORE_NULL, NULL, "rows taken with something to look at, the same"},
    {0},
};
static const struct store_column departments[] = {
    {"division", STORE_TEXT, 0, NULL, "12 digits: where it works"},
    {"name", STORE_TEXT, 0, NULL, "as the list of items writes it"},
    {"code", STORE_TEXT, STORE_NULL, NULL, "its unified social credit code, where one checks"},
    {"from_version", STORE_INT, STORE_INDEX, "catalogue_versions", "the version that brought it"},
    {0},
};
static const struct store_column items[] = {
    {"code", STORE_TEXT, STORE_INDEX, NULL, "as the source writes it; the public name of the item"},
    {"name", STORE_TEXT, 0, NULL, "task_name 事项名称"},
    {"main_item", STORE_TEXT, STORE_NULL, NULL, "the main item 主项 it belongs to"},
    {"type", STORE_TEXT, 0, NULL, "license, payment … (task_type 事项类型)"},
    {"division", STORE_TEXT, 0, NULL, "12 digits: where it is handled"},
    {"department", STORE_INT, STORE_INDEX, "departments", "dept_name 实施主体"},
    {"agency", STORE_TEXT, STORE_NULL, NULL, "the agency's code inside the item code"},
    {"agency_state", STORE_TEXT, 0, NULL, "none, credit, impossible, organisation or unknown"},
    {"code_form", STORE_TEXT, 0, NULL, "basic, basic_business, national, national_business, local or local_old"},
    {"basic_code", STORE_TEXT, STORE_NULL, NULL, "catalog_code 基本编码, as far as the code holds it"},
    {"business_code", STORE_TEXT, STORE_NULL, NULL, "task_handle_item 业务办理项, two digits"},
    {"level", STORE_INT, STORE_NULL, NULL, "use_level 行使层级, 1 nation to 6 village, 7 several"},
    {"handling", STORE_TEXT, STORE_NULL, NULL, "instant, promise or other (project_type 办件类型)"},
    {"statutory", STORE_TEXT, STORE_NULL, NULL, "anticipate_day 法定办结时限 as a period: 20wd"},
    {"promised", STORE_TEXT, STORE_NULL, NULL, "promise_day 承诺办结时限 as a period"},
    {"visits", STORE_INT, STORE_NULL, NULL, "limit_scene_num 到办事现场次数"},
    {"fee", STORE_BOOL, STORE_NULL, NULL, "is_fee 是否收费"},
    {"elements", STORE_JSON, STORE_NULL, NULL, "every other element that the source gives, by its name there"},
    {"source", STORE_TEXT, 0, NULL, "import or pack"},
    {"content", STORE_TEXT, 0, NULL, "SHA-256 of all of the above, to see whether a row is the same"},
    {"from_version", STORE_INT, STORE_INDEX, "catalogue_versions", "in force from this version on"},
    {"to_version", STORE_INT, STORE_INDEX | STORE_NULL, "catalogue_versions", "ended by this version"},
    {0},
};
static const char *const items_uniques[] = {"code, from_version", NULL};
static const char *const departments_uniques[] = {"division, name", NULL};
static const struct store_table versions_table =
    {"catalogue_versions", versions, true, NULL, NULL,
     "Versions of the catalogue, each with the report of its import."};
static const struct store_table departments_table =
    {"departments", departments, true, departments_uniques, NULL, "Departments that handle items."};
static const struct store_table items_table =
    {"items", items, true, items_uniques, NULL, "Service items, a row per content and time in force."};
/* clang-format on */

const struct store_table *const catalogue_tables[] = {&versions_table, &departments_table,
                                                      &items_table, NULL};

/* ---- types of items -------------------------------------------------------------------------- */

/* GB/T 39046-2020, annex A.1. Sichuan writes the numbers without the zero. */
const struct catalogue__type catalogue__types[] = {
    {"power", 0, "行政权力事项", "administrative power"},
    {"license", 1, "行政许可", "administrative licence"},
    {"punishment", 2, "行政处罚", "administrative punishment"},
    {"compulsion", 3, "行政强制", "administrative compulsion"},
    {"levy", 4, "行政征收", "administrative levy"},
    {"payment", 5, "行政给付", "administrative payment"},
    {"inspection", 6, "行政检查", "administrative inspection"},
    {"confirmation", 7, "行政确认", "administrative confirmation"},
    {"reward", 8, "行政奖励", "administrative reward"},
    {"ruling", 9, "行政裁决", "administrative ruling"},
    {"other", 10, "其他行政权力", "other administrative power"},
    {"public_service", 20, "公共服务", "public service"},
};
const size_t catalogue__type_count = TB_COUNT(catalogue__types);

const struct catalogue__type *
catalogue__type_find(tb_str word)
{
    int64_t number;
    bool is_number = tb_str_to_int(word, &number);
    for (size_t i = 0; i < catalogue__type_count; i++) {
        const struct catalogue__type *type = &catalogue__types[i];
        if (is_number ? type->number == number
                      : tb_str_is(word, type->word) || tb_str_is(word, type->zh))
            return type;
    }
    return NULL;
}
