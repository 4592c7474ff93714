/* Time that passes. */
#ifndef GAT_BASE_CLOCK_H
#define GAT_BASE_CLOCK_H

/* Seconds since some moment, of a clock that never goes back. Thread-safe. */
double clock_seconds(void);

#endif
