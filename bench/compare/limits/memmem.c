/*
 * Counts the rows whose text contains a pattern, by one pass over all texts: what a search without an index cannot beat.
 * memmem FILE-OF-TEXTS FILE-OF-ENDS; patterns come on standard input, a line each; answers are "count nanoseconds".
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef __AVX2__
#include <immintrin.h>
#endif

static char *text;
static uint32_t *ends;
static size_t length, rows;

static void *readAll(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(2);
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*size + 64);
  if (!bytes || fread(bytes, 1, *size, file) != *size) exit(2);
  memset(bytes + *size, 0, 64);
  fclose(file);
  return bytes;
}

/* The first and the last byte of the pattern are compared at 32 places at once; 64 bytes of zeros follow the text. */
static const char *find(const char *from, const char *to, const char *pattern, size_t size) {
#ifdef __AVX2__
  const __m256i first = _mm256_set1_epi8(pattern[0]), last = _mm256_set1_epi8(pattern[size - 1]);
  for (; from + size <= to; from += 32) {
    const __m256i a = _mm256_loadu_si256((const __m256i *)from);
    const __m256i b = _mm256_loadu_si256((const __m256i *)(from + size - 1));
    uint32_t hits = (uint32_t)_mm256_movemask_epi8(_mm256_and_si256(_mm256_cmpeq_epi8(a, first), _mm256_cmpeq_epi8(b, last)));
    while (hits) {
      const char *at = from + __builtin_ctz(hits);
      if (at + size <= to && memcmp(at, pattern, size) == 0) return at;
      hits &= hits - 1;
    }
  }
  return NULL;
#else
  return memmem(from, (size_t)(to - from), pattern, size);
#endif
}

static size_t count(const char *pattern, size_t size) {
  size_t found = 0, row = 0;
  const char *from = text, *at;
  while ((at = find(from, text + length, pattern, size)) != NULL) {
    const uint32_t place = (uint32_t)(at - text);
    while (ends[row] <= place) row++;
    found++;
    from = text + ends[row];
  }
  return found;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t bytes;
  text = readAll(argv[1], &length);
  ends = readAll(argv[2], &bytes);
  rows = bytes / sizeof(uint32_t);
  char *pattern = NULL;
  size_t room = 0;
  for (ssize_t size; (size = getline(&pattern, &room, stdin)) > 1;) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    const size_t found = rows == 0 ? 0 : count(pattern, (size_t)size - 1);
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("%zu %lld\n", found, (long long)(b.tv_sec - a.tv_sec) * 1000000000LL + (b.tv_nsec - a.tv_nsec));
    fflush(stdout);
  }
  return 0;
}
