#include "graph/split.h"

#include <string.h>

static const char *const names[GAT_NUM_SPLITS] = {"train", "valid", "test", "ind_train", "ind_valid", "ind_test"};

const char *gat_split_name(gat_split split) { return names[split]; }

int gat_split_by_name(const char *name)
{
    for (int i = 0; i < GAT_NUM_SPLITS; i++)
        if (!strcmp(name, names[i])) return i;
    return -1;
}
