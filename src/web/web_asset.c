/* SPDX-License-Identifier: Apache-2.0 */
/* Serves what is embedded. A name holds the hash of its content, so a browser never asks twice. */
#include "web/web_internal.h"

tb_str
web__asset_path(const char *name)
{
    const struct web__asset *found = NULL;
    for (size_t i = 0; i < web__asset_count; i++) {
        if (tb_str_is(tb_str_of(web__assets[i].name), name))
            found = &web__assets[i];
    }
    tb_assert(found != NULL);
    return tb_str_of(found->path);
}

bool
web__asset_serve(const struct http_request *request, struct http_response *response)
{
    for (size_t i = 0; i < web__asset_count; i++) {
        const struct web__asset *asset = &web__assets[i];
        if (!tb_str_is(request->path, asset->path))
            continue;
        bool is_packed = tb_str_contains(http_header(request, "Accept-Encoding"), TB_STR("gzip"));
        response->status = 200;
        response->type = tb_str_of(asset->type);
        response->body = is_packed ? asset->gzip : asset->plain;
        if (is_packed)
            http_set(request, response, "Content-Encoding", TB_STR("gzip"));
        http_set(request, response, "Vary", TB_STR("Accept-Encoding"));
        http_set(request, response, "Cache-Control", TB_STR("public, max-age=31536000, immutable"));
        return true;
    }
    return false;
}
