/* The limit that our kernel is held to: applicant-proposing deferred acceptance as one would write it in C, on the same flat arrays.
   deferred-acceptance IN OUT RUNS: reads n, m, w, wishStart[n+1], wishPosition[w], wishRank[w], capacity[m] as int32, writes position[n],
   and prints the nanoseconds of each run. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void sink(int64_t *heap, int32_t size, int32_t at, int64_t key) {
  for (int32_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
    if (child + 1 < size && heap[child + 1] > heap[child]) child++;
    if (heap[child] <= key) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = key;
}

static void *allocate(size_t items, size_t size) {
  void *memory = calloc(items + 1, size);
  if (!memory) exit(3);
  return memory;
}

static void match(int32_t n, int32_t m, int32_t w, const int32_t *start, const int32_t *position, const int32_t *rank, const int32_t *capacity, int32_t *out) {
  int32_t *heapStart = allocate(m + 1, 4), *filled = allocate(m, 4), *next = allocate(n, 4);
  for (int32_t i = 0; i < w; i++) filled[position[i]]++;
  for (int32_t p = 0; p < m; p++) {
    heapStart[p + 1] = heapStart[p] + (capacity[p] < filled[p] ? capacity[p] : filled[p]);
    filled[p] = 0;
  }
  int64_t *heap = allocate(heapStart[m], 8);
  memcpy(next, start, (size_t)n * 4);
  for (int32_t first = 0; first < n; first++) {
    int32_t a = first;
    while (next[a] < start[a + 1]) {
      int32_t wish = next[a]++, p = position[wish];
      int64_t key = ((int64_t)rank[wish] << 32) | (uint32_t)a, *own = heap + heapStart[p];
      int32_t seats = heapStart[p + 1] - heapStart[p];
      if (filled[p] < seats) {
        own[filled[p]++] = key;
        if (filled[p] == seats) for (int32_t at = seats / 2 - 1; at >= 0; at--) sink(own, seats, at, own[at]);
        break;
      }
      if (seats == 0 || key > own[0]) continue;
      a = (int32_t)(own[0] & 0xffffffff);
      sink(own, seats, 0, key);
    }
  }
  for (int32_t a = 0; a < n; a++) out[a] = -1;
  for (int32_t p = 0; p < m; p++)
    for (int32_t at = 0; at < filled[p]; at++) out[heap[heapStart[p] + at] & 0xffffffff] = p;
  free(heapStart); free(filled); free(next); free(heap);
}

static int32_t *take(FILE *file, size_t items) {
  int32_t *values = allocate(items, 4);
  if (fread(values, 4, items, file) != items) exit(4);
  return values;
}

int main(int argc, char **argv) {
  FILE *in = argc == 4 ? fopen(argv[1], "rb") : NULL;
  if (!in) return 2;
  int32_t *head = take(in, 3), n = head[0], m = head[1], w = head[2];
  int32_t *start = take(in, n + 1), *position = take(in, w), *rank = take(in, w), *capacity = take(in, m), *out = allocate(n, 4);
  for (int run = atoi(argv[3]); run > 0; run--) {
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    match(n, m, w, start, position, rank, capacity, out);
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%lld\n", (to.tv_sec - from.tv_sec) * 1000000000LL + (to.tv_nsec - from.tv_nsec));
  }
  FILE *result = fopen(argv[2], "wb");
  return result && fwrite(out, 4, n, result) == (size_t)n && fclose(result) == 0 ? 0 : 5;
}
