/* gatkit generate: what is drawn depends on what the model has learned from. */

#include "cli/generate_graphs.h"

int cmd_generate(int argc, char **argv)
{
    generate_arguments a = {.graphs = {.count = 10}};
    int code = generate_arguments_read(&a, argc, argv);
    if (code >= 0) return code;
    return report_end(&a.common, generate_graphs(&a));
}
