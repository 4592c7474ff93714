/* Runs a fuzz target over saved inputs: every file of the folders (and every file) named as arguments.
 * Exit status 0: no input crashed it; 1: there was no input, or one could not be read. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Exactly size bytes, so that reading one byte too many is seen by the address sanitizer. */
static int run_bytes(FILE *file, long size)
{
    uint8_t *data = malloc(size ? (size_t)size : 1);
    int ok = data && fread(data, 1, (size_t)size, file) == (size_t)size;
    if (ok) LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return ok;
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file && !fseek(file, 0, SEEK_END)) size = ftell(file);
    if (size >= 0) rewind(file);
    fprintf(stderr, "%s: %ld bytes\n", path, size);
    int ok = size >= 0 && run_bytes(file, size);
    if (file) fclose(file);
    return ok;
}

static int run_folder(DIR *folder, const char *path, int *count)
{
    int ok = 1;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        char name[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        ok &= run_file(name);
        ++*count;
    }
    return ok;
}

int main(int argc, char **argv)
{
    int ok = 1, count = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder) {
            ok &= run_folder(folder, argv[i], &count);
            closedir(folder);
        } else {
            ok &= run_file(argv[i]);
            count++;
        }
    }
    printf("%d inputs\n", count);
    return ok && count ? 0 : 1;
}
