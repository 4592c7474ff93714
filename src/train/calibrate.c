#include "train/calibrate.h"

#include "model/judged_answers.h"

gat_status calibrate_model(gat_model *m, const gat_dataset *data, gat_error *err)
{
    judged_list list;
    gat_status st = judge_answers(&list, m->view, &data->splits[GAT_SPLIT_VALID], err);
    if (!st) m->calibrated = answer_calibration_fit(&m->calibration, list.items, list.count);
    judged_clear(&list);
    return st;
}
