/*
 * A fuzz target as an ordinary program: every file of the folders and names given goes through
 * it, as it is, cut short, and with bytes changed (the same ones in every run). What a fuzzer
 * finds is kept as a file, and so stays found.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CUTS    32
#define CHANGES 200

static unsigned long files;

/* In memory of exactly its size, so that a byte read behind the end is seen. */
static void try(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (copy) {
        memcpy(copy, data, size);
        LLVMFuzzerTestOneInput(copy, size);
    }
    free(copy);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void mutate(uint8_t *data, size_t size)
{
    static const uint8_t special[] = "\0\n\r ^$*+?()[]{}|\\-#:,\xFF\x80\xC2\xE2";
    uint32_t seed = (uint32_t)size;
    for (int i = 0; i < CUTS && size; i++) {
        try(data, next_random(&seed) % size);
    }
    for (int i = 0; i < CHANGES && size; i++) {
        size_t at = next_random(&seed) % size;
        uint8_t old = data[at];
        uint32_t r = next_random(&seed);
        data[at] = r & 1 ? special[r / 2 % (sizeof(special) - 1)] : (uint8_t)(r / 2);
        try(data, size);
        if (r & 64) { /* let some changes pile up */
            data[at] = old;
        }
    }
}

static void replay_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);
    size_t size = in && data ? fread(data, 1, 1 << 20, in) : 0;
    if (in) {
        fclose(in);
        try(data, size);
        mutate(data, size);
        files++;
    }
    free(data);
}

static void replay(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        replay_file(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        char name[4096];
        if (entry->d_name[0] != '.') {
            snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
            replay_file(name);
        }
    }
    closedir(dir);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        replay(argv[i]);
    }
    printf("%lu files\n", files);
    return files ? 0 : 1;
}
