/* Option sets under a name, guided by short runs on validation data; RESULTS.md tells which. */
#include <string.h>

#include "model/config.h"

static const struct preset {
    const char *name, *lines;
} presets[] = {
    {"quickstart", "dim = 128\nlr = 0.2\nn3 = 0.1\nbranch-scale = 0.1\nencoder-lr = 0.01\nepochs = 10\n"},
    {"small", "n3 = 0.01\nlr = 0.3\nlr-schedule = linear\nbatch = 250\ndecoder-dropout = 0.2\n"
              "relation-weight = 0.25\n"},
    {"small-members", "model = none\nn3 = 0.01\nlr = 0.3\nlr-schedule = linear\nbatch = 250\ndecoder-dropout = 0.2\n"
                      "relation-weight = 0.25\nmembers = 5\n"},
    {"large", "dim = 48\ndropout = 0\nattn-dropout = 0\nbranch-scale = 0.1\n"
              "encoder-lr = 0.01\nfan-out = 8\nnegatives = 500\nbatch = 2000\nn3 = 0.01\n"
              "lr-schedule = linear\nvalid-sample = 1000\nepochs = 2\npatience = 0\n"},
    {"inductive", "attention = dynamic\ndim = 256\ndropout = 0\nbranch-scale = 0.1\n"
                  "encoder-lr = 0.03\nunknown-entities = 0.15\nn3 = 0.005\nbatch = 300\nepochs = 50\n"
                  "patience = 8\n"},
    {"fb15k-237", "dim = 256\nlr = 0.3\nn3 = 0.07\nrelation-weight = 2\nbatch = 2000\n"
                  "epochs = 28\npatience = 6\n"},
    {"fb15k-237-complex", "model = none\ndim = 1024\nlr = 0.4\nlr-schedule = linear\ninit = 0.001\nn3 = 0.05\n"
                          "relation-weight = 2\nsoftmax-draws = 16\nprecision = bf16\n"
                          "epochs = 100\neval-every = 10\npatience = 0\n"},
    {"fb15k-237-wide", "model = none\ndim = 2000\nlr = 0.4\nlr-schedule = linear\nwarmup = 1\ninit = 0.001\n"
                       "n3 = 0.05\nrelation-weight = 4\nsoftmax-draws = 16\n"
                       "precision = bf16\nepochs = 70\neval-every = 10\npatience = 0\n"},
    {"wn18rr", "dim = 256\nlr = 0.2\nn3 = 0.1\nbatch = 1600\nencoder-lr = 0.001\n"
               "epochs = 30\npatience = 8\n"},
    {"wn18rr-complex", "model = none\ndim = 1024\nlr = 0.3\nlr-schedule = linear\ninit = 0.001\nn3 = 0.1\n"
                       "softmax-draws = 16\nprecision = bf16\nepochs = 25\neval-every = 5\n"
                       "patience = 0\n"},
    {"inductive-path", "model = path\nlayers = 4\nbatch = 16\nlr = 0.005\npath-split = 0.25\nmembers = 5\n"
                       "queries = 50000\nkeep = last\n"},
    {"wn18rr-path", "model = path\nlayers = 5\nbatch = 16\nlr = 0.005\npath-split = 0.02\nqueries = 200000\n"
                    "keep = last\n"},
    {"fb15k-237-path", "model = path\nlayers = 3\nbatch = 16\nlr = 0.006\npath-split = 0.01\npath-hide = pair\n"
                       "members = 2\nqueries = 500000\nkeep = last\n"},
    {"codex-s", "model = none\ndim = 1024\nlr = 0.1\nlr-schedule = linear\ninit = 0.001\nn3 = 0.01\n"
                "relation-weight = 0.25\nbatch = 500\nsoftmax-draws = 16\n"
                "precision = bf16\nepochs = 14\neval-every = 2\npatience = 0\n"},
    {"codex-s-members", "model = none\ndim = 512\nlr = 0.1\nlr-schedule = linear\ninit = 0.001\nn3 = 0.005\n"
                        "relation-weight = 0.125\nbatch = 500\nsoftmax-draws = 16\n"
                        "precision = bf16\nepochs = 14\neval-every = 2\npatience = 0\nmembers = 3\n"},
    {NULL, NULL},
};

const char *preset_name(int index)
{
    int count = (int)(sizeof presets / sizeof presets[0]) - 1;
    return index >= 0 && index < count ? presets[index].name : NULL;
}

const char *preset_lines(const char *name)
{
    for (const struct preset *p = presets; p->name; p++)
        if (!strcmp(p->name, name)) return p->lines;
    return NULL;
}
