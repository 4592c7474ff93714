/* A ComplEx model without training: the tables that losses and rankings run on. */
#ifndef GAT_BENCH_MODEL_H
#define GAT_BENCH_MODEL_H

#include "bench_data.h"
#include "model/kg_model.h"

/* Settings: "name=value name=value ...", beyond decoder complex. Free with model_free. */
gat_status bench_model_new(gat_model **out, const bench_facts *facts, const char *settings, gat_error *err);

#endif
