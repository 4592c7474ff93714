/* The public functions about recommendation. */
#include "base/error.h"
#include "base/memory.h"
#include "gatkit.h"
#include "recommend/recommender.h"

gat_status gat_recommend_config_new(gat_recommend_config **out, gat_error *err)
{
    *out = gat_calloc(1, sizeof **out);
    if (!*out) return error_nomem(err);
    recommend_config_init(*out);
    return GAT_OK;
}

void gat_recommend_config_free(gat_recommend_config *config) { gat_free(config); }

gat_status gat_recommend_config_set(gat_recommend_config *config, const char *name, const char *value, gat_error *err)
{
    return recommend_config_set(config, name, value, err);
}

const gat_option *gat_recommend_option(int index) { return recommend_option(index); }

gat_status gat_recommender_train(gat_recommender **out, const gat_recommend_inputs *inputs,
                                 const gat_recommend_config *config, gat_error *err)
{
    return recommender_train(out, inputs, config, err);
}

gat_status gat_recommender_load(gat_recommender **out, const char *path, gat_error *err)
{
    return recommender_load(out, path, err);
}

gat_status gat_recommender_save(const gat_recommender *recommender, const char *path, gat_error *err)
{
    return recommender_save(recommender, path, err);
}

void gat_recommender_free(gat_recommender *recommender) { recommender_free(recommender); }

gat_status gat_recommender_describe(gat_recommend_info *out, const gat_recommender *recommender, gat_error *err)
{
    return recommender_describe(out, recommender, err);
}

gat_status gat_recommender_evaluate(gat_recommend_evaluation *out, const gat_recommender *recommender, const char *data,
                                    gat_split split, gat_error *err)
{
    return recommender_evaluate(out, recommender, data, split, err);
}

gat_status gat_recommend(gat_recommendation **out, const gat_recommender *recommender,
                         const gat_recommend_question *question, gat_error *err)
{
    return recommender_answer(out, recommender, question, err);
}

void gat_recommendation_free(gat_recommendation *recommendation) { recommendation_free(recommendation); }
