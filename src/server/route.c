#include "server/route.h"

#include <string.h>

#include "server/answers.h"

#define TEXT(name, needed, help)                          \
    {                                                     \
        name, help, PARAMETER_TEXT, needed, 0, 0, 0, NULL \
    }
#define COUNT(name, least, most, otherwise, help)                        \
    {                                                                    \
        name, help, PARAMETER_COUNT, false, least, most, otherwise, NULL \
    }
#define CHOICE(name, choices, help)                           \
    {                                                         \
        name, help, PARAMETER_CHOICE, false, 0, 0, 0, choices \
    }

/* How a route is answered: at once, by the work queue, or by it with all that wait for the same model. */
#define QUICK(function) function, NULL, false
#define SLOW(function) function, NULL, true
#define TOGETHER(function) NULL, function, true

enum {
    GRAPH = 1 << GAT_FILE_MODEL,
    ALIGNED = 1 << GAT_FILE_ALIGNMENT,
    TEXTS = 1 << GAT_FILE_RELATIONS,
    LINKS = 1 << GAT_FILE_LINKER,
    ANY = 15
};

static const route routes[] = {
    {"GET", "/healthz", "Whether the server is there.", 0, QUICK(answer_health), {{0}}},
    {"GET", "/openapi.json", "This description.", 0, QUICK(answer_openapi), {{0}}},
    {"GET", "/v1/models", "The models that are loaded.", 0, QUICK(answer_models), {{0}}},
    {"GET", "/v1/models/{model}", "What a model is and came from.", ANY, QUICK(answer_model), {{0}}},
    {"GET", "/v1/models/{model}/relations", "The relations of a graph.", GRAPH, QUICK(answer_relations), {{0}}},
    {"GET",
     "/v1/models/{model}/entities",
     "Entities whose name or text is like what was typed, best first.",
     GRAPH,
     QUICK(answer_entities),
     {TEXT("q", true, "what was typed"), COUNT("limit", 1, 100, 10, "how many")}},
    {"GET",
     "/v1/models/{model}/neighbors",
     "What stands beside an entity, heaviest first.",
     GRAPH | ALIGNED,
     QUICK(answer_neighbors),
     {TEXT("entity", true, "its name"), COUNT("top", 1, 1000, 10, "how many"), COUNT("hops", 1, 4, 1, "how far"),
      CHOICE("by", "attention|embedding|graph", "what weighs: attention where the model has it, else the graph")}},
    {"GET",
     "/v1/models/{model}/attention",
     "The attention of each head to the facts of an entity, heaviest in the mean first.",
     GRAPH,
     SLOW(answer_attention),
     {TEXT("entity", true, "its name"), COUNT("top", 1, 1000, 10, "how many")}},
    {"GET",
     "/v1/models/{model}/graph",
     "An entity, those around it, and the facts among them with the attention of each head.",
     GRAPH,
     SLOW(answer_graph),
     {TEXT("entity", true, "its name"), COUNT("top", 1, 200, 20, "how many around it"),
      COUNT("hops", 1, 4, 1, "how far")}},
    {"GET",
     "/v1/models/{model}/predict",
     "Answers to a question: two of head, relation and tail are given.",
     GRAPH,
     TOGETHER(answer_predict),
     {TEXT("head", false, "an entity"), TEXT("relation", false, "a relation"), TEXT("tail", false, "an entity"),
      COUNT("top", 1, 1000, 10, "how many"), CHOICE("known", "no|yes", "whether known facts stay in")}},
    {"GET",
     "/v1/models/{model}/explain",
     "The paths behind an answer of a path model, with attention.",
     GRAPH,
     SLOW(answer_explain),
     {TEXT("head", true, "an entity"), TEXT("relation", true, "a relation"), TEXT("tail", true, "an entity"),
      COUNT("top", 1, 20, 5, "how many paths")}},
    {"GET",
     "/v1/models/{model}/similarity",
     "How alike two entities are.",
     GRAPH | ALIGNED,
     QUICK(answer_similarity),
     {TEXT("a", true, "an entity"), TEXT("b", true, "an entity")}},
    {"GET",
     "/v1/models/{model}/pairs",
     "Pairs of an alignment in the order of the first graph.",
     ALIGNED,
     QUICK(answer_pairs),
     {COUNT("from", 0, INT32_MAX, 0, "the `next` of the answer before"), COUNT("limit", 1, 1000, 50, "how many"),
      TEXT("q", false, "a part of the names or texts; only such pairs")}},
    {"GET",
     "/v1/models/{model}/evidence",
     "The reasons for the counterpart of an entity of the first graph.",
     ALIGNED,
     SLOW(answer_evidence),
     {TEXT("source", true, "an entity"), COUNT("top", 1, 100, 5, "how many")}},
    {"GET",
     "/v1/models/{model}/facts",
     "The facts of an entity of one of two aligned graphs.",
     ALIGNED,
     QUICK(answer_facts),
     {TEXT("entity", true, "its name"), CHOICE("graph", "1|2", "which of the two"),
      COUNT("top", 1, 1000, 50, "how many")}},
    {"POST",
     "/v1/models/{model}/extract",
     "The relations that sentences state. Body: {\"sentences\": [{\"text\" or \"tokens\", \"e1\": [from, to], "
     "\"e2\"}]}; spans count code points or tokens.",
     TEXTS,
     SLOW(answer_extract),
     {{0}}},
    {"POST",
     "/v1/models/{model}/link",
     "Which entities the mentions of documents mean. Body: {\"documents\": [{\"text\" or \"tokens\", \"mentions\": "
     "[{\"start\", \"end\"}]}]}; places count code points or tokens. Without mentions the names of the graph are "
     "found.",
     LINKS,
     SLOW(answer_link),
     {{0}}},
};

int route_count(void) { return (int)(sizeof routes / sizeof *routes); }

const route *route_at(int index) { return &routes[index]; }

/* Whether path is the pattern with something at {model}. */
static bool matches(const char *pattern, const char *path, const char **model, size_t *size)
{
    const char *brace = strchr(pattern, '{');
    *model = NULL;
    *size = 0;
    if (!brace) return !strcmp(pattern, path);
    size_t before = (size_t)(brace - pattern);
    if (strncmp(pattern, path, before) != 0) return false;
    *model = path + before;
    *size = strcspn(*model, "/");
    return *size && !strcmp(strchr(brace, '}') + 1, *model + *size);
}

const route *route_find(const char *method, const char *path, const char **model, size_t *size, const char **other)
{
    *other = NULL;
    if (!strcmp(method, "HEAD")) method = "GET";
    for (int i = 0; i < route_count(); i++) {
        if (!matches(routes[i].path, path, model, size)) continue;
        if (!strcmp(routes[i].method, method)) return &routes[i];
        *other = routes[i].method;
    }
    return NULL;
}
