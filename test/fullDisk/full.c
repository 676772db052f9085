/* A disk that is full from a certain write on, for the tests of this folder and bench/crash/commands.ts:
 * cc -shared -fPIC -o full.so full.c -ldl; LD_PRELOAD=full.so
 * CRASH_PLACE: folder whose files count; when it changes, counting begins anew, and
 * the old number is reported. CRASH_FULL_AT: first write that fails with ENOSPC, from 1 (0: none).
 * CRASH_ONCE: if not empty, later writes succeed.
 * CRASH_COUNT: file that every process adds its number of writes to. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long count;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char last[PATH_MAX];

static void report(void) {
  const char *path = getenv("CRASH_COUNT");
  long total = atomic_load(&count);
  if (!path || total == 0) return;
  FILE *file = fopen(path, "a");
  if (!file) return;
  fprintf(file, "%ld\n", total);
  fclose(file);
}

/* Number of a write below a place, from 1. */
static long number(const char *place) {
  pthread_mutex_lock(&lock);
  if (strncmp(last, place, sizeof last) != 0) {
    report();
    snprintf(last, sizeof last, "%s", place);
    atomic_store(&count, 0);
  }
  long at = atomic_fetch_add(&count, 1) + 1;
  pthread_mutex_unlock(&lock);
  return at;
}

static int refused(int fd) {
  const char *place = getenv("CRASH_PLACE");
  const char *limit = getenv("CRASH_FULL_AT");
  char link[64], path[PATH_MAX];
  struct stat info;
  if (!place || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  if (strncmp(path, place, strlen(place)) != 0) return 0;
  long at = number(place);
  if (!limit || atol(limit) == 0 || at < atol(limit)) return 0;
  const char *once = getenv("CRASH_ONCE");
  if (once && *once && at > atol(limit)) return 0;
  errno = ENOSPC;
  return 1;
}

#define WRAP(result, name, parameters, arguments)                       \
  result name parameters {                                              \
    static result(*real) parameters;                                    \
    if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name);    \
    return refused(fd) ? -1 : real arguments;                           \
  }

WRAP(ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int number), (fd, parts, number))
WRAP(ssize_t, pwritev, (int fd, const struct iovec *parts, int number, off_t at), (fd, parts, number, at))
WRAP(ssize_t, pwritev64, (int fd, const struct iovec *parts, int number, off64_t at), (fd, parts, number, at))
WRAP(ssize_t, sendfile, (int fd, int from, off_t *at, size_t size), (fd, from, at, size))
WRAP(ssize_t, sendfile64, (int fd, int from, off64_t *at, size_t size), (fd, from, at, size))

ssize_t copy_file_range(int from, off64_t *at, int fd, off64_t *to, size_t size, unsigned flags) {
  static ssize_t (*real)(int, off64_t *, int, off64_t *, size_t, unsigned);
  if (!real) real = dlsym(RTLD_NEXT, "copy_file_range");
  return refused(fd) ? -1 : real(from, at, fd, to, size, flags);
}

__attribute__((destructor)) static void end(void) {
  unsetenv("CRASH_PLACE");
  report();
}
