/* SPDX-License-Identifier: Apache-2.0 */
/* base_arena.c - memory by lifetime.
 *
 * A list of blocks, the newest first; allocation moves a mark in the newest. Blocks double from 8
 * KiB to 1 MiB, so a small request costs one malloc and a large one few. What is larger than a
 * block gets a block of its own, put behind the newest so that the room left in the newest stays
 * usable. */
#include "base/base_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST ((size_t)8 << 10)
#define BLOCK_MAX ((size_t)1 << 20)
#define ALIGN ((size_t)16)

struct block {
    struct block *older;
    size_t size, used;
    _Alignas(16) unsigned char bytes[];
};

struct tb_arena {
    struct block *newest;
    size_t bytes, bytes_max, next_size;
};

static void
die_of_memory(size_t size)
{
    fprintf(stderr, "tongban: out of memory while asking for %zu bytes\n", size);
    abort();
}

static struct block *
block_new(size_t size)
{
    struct block *block = size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;
    if (block == NULL)
        die_of_memory(size);
    block->older = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

struct tb_arena *
tb_arena_new(size_t bytes_max)
{
    struct tb_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL)
        die_of_memory(sizeof *arena);
    arena->bytes_max = bytes_max;
    arena->next_size = BLOCK_FIRST;
    return arena;
}

static void
free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *older = block->older;
        free(block);
        block = older;
    }
}

void
tb_arena_free(struct tb_arena *arena)
{
    if (arena == NULL)
        return;
    free_blocks(arena->newest);
    free(arena);
}

void
tb_arena_reset(struct tb_arena *arena)
{
    arena->bytes = 0;
    if (arena->newest == NULL)
        return;
    free_blocks(arena->newest->older);
    arena->newest->older = NULL;
    arena->newest->used = 0;
}

size_t
tb_arena_bytes(const struct tb_arena *arena)
{
    return arena->bytes;
}

bool
tb_arena_is_over(const struct tb_arena *arena)
{
    return arena->bytes_max != 0 && arena->bytes > arena->bytes_max;
}

static struct block *
block_for(struct tb_arena *arena, size_t size)
{
    struct block *newest = arena->newest;
    if (newest != NULL && newest->size - newest->used >= size)
        return newest;
    if (newest != NULL && size > BLOCK_MAX / 2) {
        struct block *own = block_new(size);
        own->older = newest->older;
        newest->older = own;
        return own;
    }
    while (arena->next_size < size && arena->next_size < BLOCK_MAX)
        arena->next_size *= 2;
    struct block *block = block_new(size > arena->next_size ? size : arena->next_size);
    if (arena->next_size < BLOCK_MAX)
        arena->next_size *= 2;
    block->older = newest;
    arena->newest = block;
    return block;
}

void *
tb__alloc_bytes(struct tb_arena *arena, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        die_of_memory(size);
    size_t rounded = size == 0 ? ALIGN : (size + ALIGN - 1) & ~(ALIGN - 1);
    struct block *block = block_for(arena, rounded);
    void *ptr = block->bytes + block->used;
    block->used += rounded;
    arena->bytes += rounded;
    return ptr;
}

void *
tb_alloc(struct tb_arena *arena, size_t size)
{
    return memset(tb__alloc_bytes(arena, size), 0, size);
}

void *
tb_alloc_array(struct tb_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        die_of_memory(SIZE_MAX);
    return tb_alloc(arena, bytes);
}

bool
tb__arena_extend(struct tb_arena *arena, void *ptr, size_t old_size, size_t new_size)
{
    struct block *block = arena->newest;
    size_t old_rounded = (old_size + ALIGN - 1) & ~(ALIGN - 1);
    size_t new_rounded = (new_size + ALIGN - 1) & ~(ALIGN - 1);
    if (block == NULL || block->used < old_rounded ||
        (unsigned char *)ptr != block->bytes + block->used - old_rounded)
        return false;
    size_t more = new_rounded - old_rounded;
    if (block->size - block->used < more)
        return false;
    block->used += more;
    arena->bytes += more;
    return true;
}
