/* Invented sentences for the tests of relations in text. */
#ifndef GAT_TESTS_TEXT_DATA_H
#define GAT_TESTS_TEXT_DATA_H

#include <stdio.h>

#include "base/random.h"

/* Writes `n` sentences "the A VERB the B ." in which the verb tells the relation and its direction, with ids of entities when
 * wanted and a parse. */
static inline void text_data_write(const char *path, int n, int ids, int parsed, int labels)
{
    static const char *const verbs[] = {"causes", "contains", "is caused by", "meets"};
    static const int words[] = {1, 1, 3, 1};
    static const char *const label[] = {"Cause(e1,e2)", "Whole(e1,e2)", "Cause(e2,e1)", "Other"};
    FILE *f = fopen(path, "w");
    for (int i = 0; f && i < n; i++) {
        int v = (int)random_below(7, 1, (uint64_t)i, 4), a = (int)random_below(7, 2, (uint64_t)i, 30),
            b = (int)random_below(7, 3, (uint64_t)i, 30), second = 3 + words[v];
        fprintf(f, "{\"id\":\"s%d\",\"tokens\":[\"the\",\"thing%da\",", i, a);
        for (const char *s = verbs[v]; *s;) {
            int k = 0;
            while (s[k] && s[k] != ' ') k++;
            fprintf(f, "\"%.*s\",", k, s);
            s += k + (s[k] == ' ');
        }
        fprintf(f, "\"the\",\"object%db\",\".\"],\"e1\":[1,2],\"e2\":[%d,%d]", b, second, second + 1);
        if (ids) fprintf(f, ",\"e1_id\":\"x%d\",\"e2_id\":\"y%d\"", a, b);
        if (parsed) {
            fprintf(f, ",\"head\":[2,%d", second - 1);
            for (int k = 2; k < second - 1; k++) fprintf(f, ",%d", k == second - 2 ? 0 : second - 1);
            fprintf(f, ",%d,%d,%d],\"deprel\":[\"det\",\"nsubj\"", second + 1, second - 1, second - 1);
            for (int k = 2; k < second - 1; k++) fprintf(f, ",\"%s\"", k == second - 2 ? "ROOT" : "aux");
            fprintf(f, ",\"det\",\"dobj\",\"punct\"]");
        }
        if (labels) fprintf(f, ",\"label\":\"%s\"", label[v]);
        fprintf(f, "}\n");
    }
    if (f) fclose(f);
}

#endif
