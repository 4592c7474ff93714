/* Asks a model what stands beside an entity, and what would follow from it:
 *
 *     cc ask.c $(pkg-config --cflags --libs gatkit) -o ask
 *     ./ask wordnet.gatkit dog.n.01 hypernym */
#include <gatkit.h>
#include <stdio.h>

static int fail(const gat_error *error)
{
    fprintf(stderr, "ask: %s\n", error->message);
    return 1;
}

int main(int argc, char **argv)
{
    gat_error error;
    gat_model *model;
    gat_neighbor *neighbors;
    gat_answer *answers;
    int64_t count;
    if (argc != 4) return fputs("usage: ask MODEL ENTITY RELATION\n", stderr), 2;
    if (gat_model_load(&model, argv[1], &error)) return fail(&error);

    if (gat_neighbors(&neighbors, &count, model, argv[2], GAT_BY_GRAPH, 1, 5, NULL, &error)) return fail(&error);
    for (int64_t i = 0; i < count; i++)
        printf("%.3f  %s %s\n", neighbors[i].weight, neighbors[i].relation, neighbors[i].entity);
    gat_free_list(neighbors); /* the names in it belong to the model */

    if (gat_predict(&answers, &count, model, argv[2], argv[3], "?", 5, false, NULL, &error)) return fail(&error);
    for (int64_t i = 0; i < count; i++) printf("%.3f  %s ?  %s\n", answers[i].probability, argv[3], answers[i].tail);
    gat_free_list(answers);
    gat_model_free(model);
    return 0;
}
