/* Numbers that large products multiply. Sums are f32 either way. */
#ifndef GAT_PRECISION_H
#define GAT_PRECISION_H

typedef enum gat_precision { GAT_PRECISION_F32, GAT_PRECISION_BF16 } gat_precision;

#endif
