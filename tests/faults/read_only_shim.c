/* SPDX-License-Identifier: Apache-2.0 */
/* A disk that becomes read-only under a running program and writable again, for LD_PRELOAD. While the file named by
 * READ_ONLY_FLAG is there, whatever would change something under the folder READ_ONLY_DIR fails with EROFS, as it does
 * when the kernel has put a file system into that state; files that are open already included. */
#undef _FILE_OFFSET_BITS /* both names of each function are replaced: pwrite and pwrite64 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool
is_refused(const char *path)
{
    const char *flag = getenv("READ_ONLY_FLAG"), *dir = getenv("READ_ONLY_DIR");
    if (flag == NULL || dir == NULL || strncmp(path, dir, strlen(dir)) != 0 ||
        syscall(SYS_faccessat, AT_FDCWD, flag, F_OK) != 0)
        return false;
    errno = EROFS;
    return true;
}

static bool
is_refused_fd(int fd)
{
    char link[64], path[PATH_MAX] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, sizeof path - 1) > 0 && is_refused(path);
}

ssize_t
write(int fd, const void *bytes, size_t len)
{
    return is_refused_fd(fd) ? -1 : REAL(write)(fd, bytes, len);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
    return is_refused_fd(fd) ? -1 : REAL(pwrite64)(fd, bytes, len, offset);
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    return pwrite64(fd, bytes, len, offset);
}

int
ftruncate64(int fd, off64_t len)
{
    return is_refused_fd(fd) ? -1 : REAL(ftruncate64)(fd, len);
}

int
ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int
open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    if ((flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0 && is_refused(path))
        return -1;
    return REAL(open64)(path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
    va_end(args);
    return open64(path, flags, mode);
}

int
mkdir(const char *path, mode_t mode)
{
    return is_refused(path) ? -1 : REAL(mkdir)(path, mode);
}

int
rename(const char *from, const char *to)
{
    return is_refused(to) ? -1 : REAL(rename)(from, to);
}

int
unlink(const char *path)
{
    return is_refused(path) ? -1 : REAL(unlink)(path);
}
