#include "ref/ref_optim.h"

#include <math.h>

void ref_adam(double *x, double *m, double *v, double dx, double lr, double beta1, double beta2, double eps,
              double decay, int64_t t)
{
    *m = beta1 * *m + (1 - beta1) * dx;
    *v = beta2 * *v + (1 - beta2) * dx * dx;
    double m_hat = *m / (1 - pow(beta1, (double)t)), v_hat = *v / (1 - pow(beta2, (double)t));
    *x = *x - lr * m_hat / (sqrt(v_hat) + eps) - lr * decay * *x;
}

void ref_adagrad(double *x, double *sum, double dx, double lr, double eps, double decay)
{
    *sum += dx * dx;
    *x = *x - lr * dx / (sqrt(*sum) + eps) - lr * decay * *x;
}
