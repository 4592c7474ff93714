/* What OpenBLAS is told before it multiplies: which processor's kernels, and one thread. */
#ifndef GAT_KERNELS_BLAS_CORE_H
#define GAT_KERNELS_BLAS_CORE_H

/* Makes BLAS use the kernels of one processor family ("HASWELL", "SKYLAKEX", ...), so that its bits follow the chosen
 * instruction set instead of what it makes of the machine (OpenBLAS takes processors it does not know for older ones and
 * loses half its speed). Nothing happens with a BLAS built for one family. Not while another thread multiplies. */
void blas_use_core(const char *core);

/* BLAS keeps to the calling thread. */
void blas_one_thread(void);

#endif
