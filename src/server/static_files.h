/* The files of the page: a table in the program, made from src/server/page when it is built (cmake/embed_page.py). */
#ifndef GAT_SERVER_STATIC_FILES_H
#define GAT_SERVER_STATIC_FILES_H

#include "server/http.h"

/* The same bytes twice; each form has a tag of its own. */
typedef struct static_form {
    const char *etag; /* with its quotes */
    const unsigned char *bytes;
    size_t size;
} static_form;

typedef struct static_file {
    const char *path, *type; /* "/page.js" */
    static_form plain, gzip;
} static_file;

/* All files; the function is in the file that is made. */
const static_file *static_file_table(int *count);

/* NULL: none of that path. */
const static_file *static_file_find(const char *path);

/* 200 with the file, or 304 where the client has it. */
void static_file_answer(http_response *response, const static_file *file, const http_request *request);

#endif
