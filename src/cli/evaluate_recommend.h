/* gatkit evaluate and info for recommenders. */
#ifndef GAT_CLI_EVALUATE_RECOMMEND_H
#define GAT_CLI_EVALUATE_RECOMMEND_H

#include "cli/report.h"

bool is_recommender(const char *path);
gat_status evaluate_recommend(gat_common *common, const char *model, const char *data, gat_split split);
gat_status info_recommender(gat_common *common, const char *path);

#endif
