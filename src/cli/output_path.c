/* Files are compared by device and inode, so that ./m, m and a link to it are one. What does not exist, and what is
 * no ordinary file (/dev/null), can be written without loss. */
#include "cli/output_path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

enum { LONGEST = 4096 };

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* "train.tsv.gz", "ind_test.nt": what a folder of facts is read from. */
static bool names_facts(const char *name)
{
    static const char *const endings[] = {"tsv", "txt", "csv", "nt", "nq", "ttl", "trig"};
    char stem[16] = "";
    size_t length = strcspn(name, ".");
    if (length >= sizeof stem || !name[length]) return false;
    memcpy(stem, name, length);
    const char *ending = name + length + 1;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (strlen(endings[i]) == strcspn(ending, ".") && !strncmp(ending, endings[i], strlen(endings[i])))
            return gat_split_by_name(stem) >= 0;
    return false;
}

/* Whether the folder of `path` is `folder`. */
static bool lies_in(const char *path, const struct stat *folder)
{
    char parent[LONGEST] = ".";
    const char *slash = strrchr(path, '/');
    struct stat found;
    if (slash && slash - path + 1 >= LONGEST) return false;
    if (slash) {
        memcpy(parent, path, (size_t)(slash - path) + 1);
        parent[slash - path + 1] = 0;
    }
    return !stat(parent, &found) && same_file(&found, folder);
}

static bool destroys(const char *output, const char *input)
{
    struct stat out, in;
    if (!input || stat(output, &out) || !S_ISREG(out.st_mode) || stat(input, &in)) return false;
    const char *slash = strrchr(output, '/');
    return same_file(&out, &in) ||
           (S_ISDIR(in.st_mode) && names_facts(slash ? slash + 1 : output) && lies_in(output, &in));
}

error_t argument_output(struct argp_state *state, const char *value, const char *option, const char *const *inputs,
                        int count)
{
    error_t failed = argument_required(state, value, option);
    int length = (int)strcspn(option, " ");
    if (!failed && !*value) return argument_refuse(state, "--%.*s: the name of a file is missing", length, option);
    if (!failed && file_is_folder(value))
        return argument_refuse(state, "--%.*s %s is a folder; name a file in it", length, option, value);
    for (int i = 0; !failed && i < count; i++)
        if (destroys(value, inputs[i]))
            failed = argument_refuse(state, "--%.*s %s would replace what the command reads", length, option, value);
    return failed;
}

gat_status output_check(const char *path, gat_error *err)
{
    gat_writer *writer = NULL;
    if (file_is_folder(path)) return error_set(err, GAT_EUSAGE, "--output %s is a folder; name a file in it", path);
    gat_status st = writer_open(&writer, path, err);
    writer_abandon(writer);
    return st;
}

char *output_checkpoint(const char *output)
{
    size_t size = strlen(output) + sizeof ".checkpoint";
    char *name = gat_alloc((int64_t)size, 1);
    if (name) snprintf(name, size, "%s.checkpoint", output);
    return name;
}
